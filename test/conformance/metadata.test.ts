import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@sectile/server';
import { afterAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { ADOBE_RGB_PROFILE } from '../fixtures/icc-profile.ts';
import { serveImages } from './served.ts';
import { HAS_VIPS } from './vips-truth.ts';

/*
 * Metadata of answers as libvips reads them out of the files, over the libraries that everybody uses: libjpeg, libpng,
 * libwebp, libheif and libtiff.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-metadata-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const XMP = new TextEncoder().encode('<x:xmpmeta xmlns:x="adobe:ns:meta/">packet of the file</x:xmpmeta>');
const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
type Format = (typeof FORMATS)[number];

/** A TIFF with everything, 400 by 200 pixels at 300 to the inch, with an Exif directory. */
function describedTiff(): Uint8Array {
  return drawnPyramid({
    width: 400,
    height: 200,
    bands: 3,
    draw: (x, y) => [x & 255, y, 90],
    fields: {
      XMP,
      ICCProfile: ADOBE_RGB_PROFILE,
      Artist: 'Ada',
      XResolution: [300],
      YResolution: [300],
      ResolutionUnit: [2],
    },
  });
}

/** The same as a JPEG with Exif, which vips writes. */
function describedJpeg(): Uint8Array {
  writeFileSync(at('in.tif'), describedTiff());
  execFileSync('vips', ['copy', at('in.tif'), at('in.v')], { stdio: 'pipe' });
  execFileSync('vips', ['jpegsave', at('in.v'), at('in.jpg'), '--Q', '90'], { stdio: 'pipe' });
  return readFileSync(at('in.jpg'));
}

function field(path: string, name: string): string | undefined {
  try {
    return execFileSync('vipsheader', ['-f', name, path], {
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

const blob = (path: string, name: string): Buffer | undefined => {
  const base64 = field(path, name);
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
};

async function answer(file: Uint8Array, query: string, format: Format, config: Partial<Config> = {}): Promise<string> {
  const server = await serveImages({ 'a.img': file }, config);
  const response = await server.get(`/iip?FIF=a.img&${query}&CVT=${format}`);
  expect(response.status).toBe(200);
  const path = at(`out.${format}`);
  writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
  return path;
}

describe.skipIf(!HAS_VIPS)('exports, read by libvips: those in', () => {
  test.each(FORMATS)('%s carry profile and XMP', async (format) => {
    const path = await answer(describedTiff(), 'WID=400', format);
    expect(Buffer.compare(blob(path, 'icc-profile-data') as Buffer, ADOBE_RGB_PROFILE)).toBe(0);
    const xmp = blob(path, 'xmp-data') as Buffer;
    expect(xmp.subarray(0, XMP.length).toString()).toBe(Buffer.from(XMP).toString());
  });

  // libvips reads no Exif of TIFF; where it lies there is up to the encoder's own tests.
  test.each(['jpeg', 'png', 'webp', 'avif'] as const)('%s carry Exif', async (format) => {
    const jpeg = describedJpeg();
    const given = blob(at('in.jpg'), 'exif-data') as Buffer;
    expect(given.length).toBeGreaterThan(50);
    const found = blob(await answer(jpeg, 'WID=400', format), 'exif-data') as Buffer;
    const tiff = (bytes: Buffer): string => bytes.subarray(bytes.indexOf('II*\0')).toString('latin1');
    expect(tiff(found)).toBe(tiff(given));
  });

  test.each([
    ['jpeg', 0.5],
    ['png', 0.01],
    ['tiff', 0.001],
  ] as const)('%s say the density of their own pixels', async (format, slack) => {
    for (const width of [400, 100]) {
      const path = await answer(describedTiff(), `WID=${width}`, format);
      // libvips counts to the millimeter.
      const perInch = Number(field(path, 'xres')) * 25.4;
      expect(Math.abs(perInch - (300 * width) / 400)).toBeLessThan(slack);
    }
  });

  test.each(FORMATS)('%s state the rights of the server where the file has none', async (format) => {
    const bare = drawnPyramid({ width: 64, height: 64, bands: 3, draw: () => [1, 2, 3] });
    const path = await answer(bare, 'WID=64', format, { copyright: 'Museum of Tests' });
    const file = readFileSync(path);
    if (format === 'jpeg' || format === 'webp') {
      expect(blob(path, 'xmp-data')?.toString()).toContain('>Museum of Tests</rdf:li>');
    } else if (format === 'png') {
      expect(file.includes('Copyright\0\0\0\0\0Museum of Tests')).toBe(true);
    } else if (format === 'tiff') {
      expect(file.includes('Museum of Tests\0')).toBe(true);
    } else {
      // libvips takes XMP in AVIF for XMP only without the wrapper of a packet.
      expect(file.includes('>Museum of Tests</rdf:li>')).toBe(true);
    }
    const server = await serveImages({ 'a.img': bare }, { copyright: 'Museum of Tests' });
    expect((await server.text('/iiif/2/a.img/info.json')).body).toContain('Museum of Tests');
  });

  test.each(FORMATS)('%s hold back profiles that MAX_ICC forbids', async (format) => {
    const path = await answer(describedTiff(), 'WID=400', format, { maxIcc: 0 });
    expect(field(path, 'icc-profile-data')).toBeUndefined();
  });
});
