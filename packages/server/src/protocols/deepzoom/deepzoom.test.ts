import { isImageError } from '@sectile/core/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PARSE_OPTIONS, type ParseOptions } from '../protocol.ts';
import { deepZoomDescriptor } from './descriptor.ts';
import { parseDeepZoom } from './parse.ts';

function parse(path: string, options: Partial<ParseOptions> = {}) {
  const input = { path, query: '', method: 'GET', header: () => undefined } as const;
  return parseDeepZoom(input, { ...DEFAULT_PARSE_OPTIONS, ...options });
}

describe('parseDeepZoom', () => {
  it.each([
    ['a.tif.dzi', 'a.tif'],
    ['my%20dir/%C3%BC.tif.dzi', 'my dir/ü.tif'],
    ['a%2Fb.DZI', 'a/b'],
    ['x_files/1/0_0.jpg.dzi', 'x_files/1/0_0.jpg'],
  ])('describes %s', (path, image) => {
    const descriptor = { kind: 'deepzoom', format: 'jpg' };
    expect(parse(path)).toEqual({ kind: 'describe', protocol: 'deepzoom', image, descriptor });
  });

  it('describes the default format, but not TIFF, which browsers do not show', () => {
    expect(parse('a.dzi', { defaultFormat: 'webp' })).toMatchObject({ descriptor: { format: 'webp' } });
    expect(parse('a.dzi', { defaultFormat: 'tif' })).toMatchObject({ descriptor: { format: 'jpg' } });
  });

  it('turns a tile into a request', () => {
    expect(parse('dir/a%20b.tif_files/12/3_45.png')).toEqual({
      kind: 'render',
      protocol: 'deepzoom',
      image: 'dir/a b.tif',
      request: {
        page: 0,
        level: { from: 'one-pixel', index: 12 },
        region: { kind: 'tile', col: 3, row: 45 },
        size: { kind: 'native' },
        upscale: 'reject',
        adjustments: [],
        rotation: { mirror: false, degrees: 0 },
        quality: 'default',
        output: { format: 'png', metadata: 'tile' },
      },
    });
  });

  it.each([
    ['a_files/0/0_0.jpg_files/9/1_2.jpeg', 'a_files/0/0_0.jpg', 'jpg'],
    ['a_files/b_files/9/1_2.WEBP', 'a_files/b', 'webp'],
    ['a_files%2F9%2F1_2.avif', 'a', 'avif'],
  ])('cuts %s at the last _files/', (path, image, format) => {
    expect(parse(path)).toMatchObject({ image, request: { level: { index: 9 }, output: { format } } });
  });

  it.each([
    'a_files/-1/0_0.jpg',
    'a_files/1/0_-1.jpg',
    'a_files/1/0.jpg',
    'a_files/1.5/0_0.jpg',
    'a_files/1/0_0',
    'a_files/1/0_0.',
    'a_files/',
    'a_files/1/0_0.jpg/x',
    'a_files/1/0_0.gif',
    'a_files/1e3/0_0.jpg',
    'a_files/1/0_99999999999.jpg',
    'a_files/99999/0_0.jpg',
    'a_files//0_0.jpg',
    'a%00.dzi',
    'a_files/1/0_0.exe',
  ])('refuses %s', (path) => {
    expect(() => parse(path)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  it.each(['', 'a.tif', '.dzi', '_files/1/0_0.jpg', 'a.dzi/'])('finds no image in "%s"', (path) => {
    expect(parse(path)).toEqual({ kind: 'no-match' });
  });

  it('answers junk with a request error or a result, never with another error', () => {
    const part = fc.constantFrom('a', '_files/', '.dzi', '/', '1', '_', '0_0', '.jpg', '%2', '%ff', '-');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          parse(parts.join(''));
        } catch (error) {
          if (!isImageError(error, 'request')) throw error;
        }
      }),
    );
  });
});

describe('deepZoomDescriptor', () => {
  it('is what iipsrv sends', () => {
    expect(deepZoomDescriptor({ width: 300, height: 200, tileSize: { width: 64, height: 64 } }, 'jpg')).toBe(
      '<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="64" Overlap="0" Format="jpg"><Size Width="300" Height="200"/></Image>',
    );
  });
});
