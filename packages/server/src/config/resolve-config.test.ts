import { describe, expect, test } from 'vitest';
import type { Config } from './config.ts';
import { nearestName } from './nearest-name.ts';
import { DEFAULT_CONFIG, describeConfig, resolveConfig } from './resolve-config.ts';

function fromEnvironment(environment: Record<string, string>): Config {
  return resolveConfig({ environment }).config;
}

describe('iipsrv variables are read as iipsrv reads them', () => {
  test.each<[string, string, keyof Config, unknown]>([
    ['JPEG_QUALITY', '90', 'jpegQuality', 90],
    ['JPEG_QUALITY', '0', 'jpegQuality', 1],
    ['JPEG_QUALITY', '101', 'jpegQuality', 100],
    ['JPEG_QUALITY', ' +80%', 'jpegQuality', 80],
    ['JPEG_QUALITY', '', 'jpegQuality', 75],
    ['PNG_QUALITY', '12', 'pngQuality', 9],
    ['WEBP_QUALITY', '-1', 'webpQuality', -1],
    ['WEBP_QUALITY', '-7', 'webpQuality', -1],
    ['MAX_CVT', '-1', 'maxCvt', Number.POSITIVE_INFINITY],
    ['MAX_CVT', '-2', 'maxCvt', 1],
    ['MAX_CVT', '0', 'maxCvt', 5000],
    ['MAX_CVT', '800', 'maxCvt', 800],
    ['MAX_IMAGE_CACHE_SIZE', '2.5', 'maxImageCacheSize', 2.5],
    ['MAX_IMAGE_CACHE_SIZE', '0', 'maxImageCacheSize', 0],
    ['MAX_IMAGE_CACHE_SIZE', '-1', 'maxImageCacheSize', Number.POSITIVE_INFINITY],
    ['MAX_METADATA_CACHE_SIZE', '-1', 'maxMetadataCacheSize', Number.POSITIVE_INFINITY],
    ['MAX_IMAGE_METADATA_CACHE_SIZE', '7', 'maxMetadataCacheSize', 7],
    ['ALLOW_UPSCALING', '0', 'allowUpscaling', false],
    ['ALLOW_UPSCALING', 'true', 'allowUpscaling', true],
    ['TIFF_COMPRESSION', '1', 'tiffCompression', 'lzw'],
    ['TIFF_COMPRESSION', '9', 'tiffCompression', 'none'],
    ['TIFF_COMPRESSION', 'zstd', 'tiffCompression', 'zstd'],
    ['INTERPOLATION', '0', 'interpolation', 'nearest'],
    ['INTERPOLATION', '3', 'interpolation', 'bilinear'],
    ['IIIF_VERSION', '0', 'iiifVersion', 3],
    ['IIIF_VERSION', '2', 'iiifVersion', 2],
    ['IIIF_VERSION', '4', 'iiifVersion', 3],
    ['MAX_ICC', '-1', 'maxIcc', -1],
    ['CACHE_CONTROL', '', 'cacheControl', ''],
    ['CORS', '', 'cors', ''],
  ])('%s=%s', (variable, text, name, expected) => {
    expect(fromEnvironment({ [variable]: text })[name]).toBe(expected);
  });

  test('a name of the table wins over its alias', () => {
    const config = fromEnvironment({ MAX_IMAGE_METADATA_CACHE_SIZE: '7', MAX_METADATA_CACHE_SIZE: '8' });
    expect(config.maxMetadataCacheSize).toBe(8);
  });

  test('defaults are those of iipsrv', () => {
    expect(DEFAULT_CONFIG).toMatchObject({
      maxImageCacheSize: 10,
      maxMetadataCacheSize: 1000,
      jpegQuality: 75,
      pngQuality: 1,
      webpQuality: 50,
      maxCvt: 5000,
      maxIcc: 65536,
      cacheControl: 'max-age=86400',
      iiifVersion: 3,
      tiffCompression: 'deflate',
    });
  });
});

test('a flag wins over the environment, that over the file, that over the default', () => {
  const file = { jpegQuality: 1, pngQuality: 2, webpQuality: 3 };
  const environment = { JPEG_QUALITY: '4', PNG_QUALITY: '5' };
  const { config, origins } = resolveConfig({ file, environment, flags: { jpegQuality: '6' } });
  expect([config.jpegQuality, config.pngQuality, config.webpQuality, config.avifQuality]).toEqual([6, 5, 3, 50]);
  expect([origins.jpegQuality, origins.pngQuality, origins.webpQuality, origins.avifQuality]).toEqual([
    'flag',
    'environment',
    'file',
    'default',
  ]);
});

describe('mistakes', () => {
  test.each<[string, Parameters<typeof resolveConfig>[0], RegExp]>([
    ['an unknown name in the file', { file: { jpgQuality: 1 } }, /"jpgQuality".*did you mean jpegQuality/],
    ['an unknown flag', { flags: { prot: 1 } }, /"prot".*did you mean port/],
    ['a name without any neighbour', { file: { xyzzyplugh: 1 } }, /"xyzzyplugh" \(configuration file\)$/],
    ['text for a number in the file', { file: { port: '80' } }, /port is "80", not a whole number/],
    ['a number out of bounds in the file', { file: { jpegQuality: 0 } }, /jpegQuality is 0, outside 1 to 100/],
    ['a word for a number', { environment: { PORT: 'http' } }, /PORT is "http", not a whole number/],
    ['a misspelt word', { environment: { TIFF_COMPRESSION: 'defalte' } }, /TIFF_COMPRESSION.*not one of none, lzw/],
    ['a number with something behind it in a flag', { flags: { port: '80x' } }, /port is "80x", not a whole number/],
    ['a number out of bounds in a flag', { flags: { port: '99999' } }, /port is 99999, outside 0 to 65535/],
    ['what no header can hold', { environment: { BASE_URL: 'http://例え/' } }, /BASE_URL.*no header can hold/],
    ['two lines in a header', { environment: { CORS: '*\nX: y' } }, /CORS.*no header can hold/],
    ['neither true nor false', { environment: { SECTILE_GALLERY: 'perhaps' } }, /SECTILE_GALLERY.*not 0 or 1/],
  ])('%s', (_name, inputs, message) => {
    expect(() => resolveConfig(inputs)).toThrow(message);
  });

  test('settings without effect are named once they are set', () => {
    const { warnings } = resolveConfig({ environment: { KAKADU_READMODE: '2', JPEG_QUALITY: '5' } });
    expect(warnings).toEqual(['KAKADU_READMODE has no effect: Kakadu is not used']);
  });

  test('unknown variables of ours are named, those that belong to others are not', () => {
    const { warnings } = resolveConfig({
      environment: { SECTILE_GALERY: '1', PATH: '/bin', SECTILE_CONFIG: 'a.json' },
    });
    expect(warnings).toEqual(['SECTILE_GALERY is not a setting; did you mean SECTILE_GALLERY?']);
  });
});

test('describeConfig tells the value and the origin of every setting', () => {
  const resolved = resolveConfig({ environment: { MAX_CVT: '300' } });
  const entries = describeConfig(resolved);
  expect(entries.find(({ name }) => name === 'maxCvt')).toMatchObject({
    variable: 'MAX_CVT',
    value: 300,
    origin: 'environment',
  });
  expect(entries.map(({ name }) => name).sort()).toEqual(Object.keys(resolved.config).sort());
});

test.each([
  ['jpegQualty', 'jpegQuality'],
  ['cvtmax', undefined],
  ['PORTS', 'port'],
])('nearest name to %s is %s', (name, expected) => {
  expect(nearestName(name, ['port', 'jpegQuality'])).toBe(expected);
});
