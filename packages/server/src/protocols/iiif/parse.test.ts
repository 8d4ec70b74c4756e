import { isImageError } from '@sectile/core/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSegment } from '../percent.ts';
import { DEFAULT_PARSE_OPTIONS, type ParsedRequest, type ParseOptions, type ProtocolInput } from '../protocol.ts';
import { parseIiif } from './parse.ts';

function inputOf(path: string, accept?: string): ProtocolInput {
  return { path, query: '', method: 'GET', header: (name) => (name === 'accept' ? accept : undefined) };
}

function parse(path: string, version?: 2 | 3, options: Partial<ParseOptions> = {}): ParsedRequest {
  return parseIiif(inputOf(path), { ...DEFAULT_PARSE_OPTIONS, ...options }, version);
}

function render(path: string, version?: 2 | 3, options: Partial<ParseOptions> = {}) {
  const parsed = parse(path, version, options);
  if (parsed.kind !== 'render') throw new Error(`${path} became ${parsed.kind}`);
  return parsed;
}

describe('parseIiif', () => {
  it('turns the segments of an image request into one request', () => {
    expect(parse('my%20dir%2Fa.tif/pct:10,10,80,80.5/!300,200/!22.5/gray.png', 3)).toEqual({
      kind: 'render',
      protocol: 'iiif',
      image: 'my dir/a.tif',
      identifier: 'my%20dir%2Fa.tif',
      iiifVersion: 3,
      request: {
        page: 0,
        region: { kind: 'percent', x: 10, y: 10, width: 80, height: 80.5 },
        size: { kind: 'fit', width: 300, height: 200 },
        upscale: 'reject',
        rotation: { mirror: true, degrees: 22.5 },
        quality: 'gray',
        adjustments: [],
        output: { format: 'png', metadata: 'export' },
      },
    });
  });

  it.each([
    ['a%2Fb/full/max/0/default.jpg', 'a/b', 'a%2Fb'],
    ['a/b/full/max/0/default.jpg', 'a/b', 'a/b'],
    ['a%252Fb/full/max/0/default.jpg', 'a%2Fb', 'a%252Fb'],
    ['a+b/full/max/0/default.jpg', 'a+b', 'a%2Bb'],
    ['100%.tif/full/max/0/default.jpg', '100%.tif', '100%25.tif'],
    ['ark:%2F12025%2F654xz321/full/max/0/default.jpg', 'ark:/12025/654xz321', 'ark:%2F12025%2F654xz321'],
    ['%c3%bcber%20uns/full/max/0/default.jpg', 'über uns', '%C3%BCber%20uns'],
    [
      'http:%2F%2Fexample.com%2F%3F54%23a/full/max/0/default.jpg',
      'http://example.com/?54#a',
      'http:%2F%2Fexample.com%2F%3F54%23a',
    ],
    ['a/full/max/0/default.jpg/full/max/0/default.jpg', 'a/full/max/0/default.jpg', 'a/full/max/0/default.jpg'],
    ['/abs/a.tif/full/max/0/default.jpg', '/abs/a.tif', '/abs/a.tif'],
  ])('decodes the identifier of %s once', (path, image, identifier) => {
    expect(render(path, 3)).toMatchObject({ image, identifier });
  });

  it.each([
    ['a/full/%5Emax/0/default.jpg', { size: { kind: 'max' }, upscale: 'allow' }],
    ['a/pct%3A1%2C2%2C3%2C4/max/%210/default.jpg', { region: { kind: 'percent', x: 1, y: 2, width: 3, height: 4 } }],
    ['a/FULL/MAX/0/Default.JPG', { region: { kind: 'full' }, output: { format: 'jpg', metadata: 'export' } }],
    ['a/full/max/360/default.jpg', { rotation: { mirror: false, degrees: 0 } }],
    ['a/square/max/!180/bitonal.tif', { rotation: { mirror: true, degrees: 180 }, quality: 'bitonal' }],
  ])('reads %s', (path, request) => {
    expect(render(path, 3).request).toMatchObject(request);
  });

  it.each([
    'a/full/max/0/default.gif',
    'a/full/max/0/default.jp2',
    'a/full/max/0/default.pdf',
    'a/full/max/0/default.jpeg',
    'a/full/max/0/default',
    'a/full/max/0/default.',
    'a/full/max/0/native.jpg',
    'a/full/max/0/grey.jpg',
    'a/full/max/0/negative.jpg',
    'a/full/max/0/constructor.jpg',
    'a/full/max/0/toString.jpg',
    'a/xxfullxx/max/0/default.jpg',
    'a/full/full/0/default.jpg',
    'a/full/max/361/default.jpg',
    'a/full/max/-90/default.jpg',
    'a/full/max/90abc/default.jpg',
    'a/full/max/1e1/default.jpg',
    'a/full/max/!/default.jpg',
    'a/full/max//default.jpg',
    'a//max/0/default.jpg',
    'a/badregion/badsize/0/default.jpg',
    'a/full/badsize/badrotation/default.jpg',
    'a/full/max/0/xyz.jpg',
    'full/max/0/default.jpg',
    'a/full/max/0',
    'a/full/max',
    'a/full',
    'a/full/max/0/default.jpg/',
    'a/info.json/',
    'a%00b/full/max/0/default.jpg',
    'a%ff/full/max/0/default.jpg',
    'a%ed%a0%80/info.json',
  ])('refuses %s in version 3', (path) => {
    expect(() => parse(path, 3)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  it('takes the spellings of all versions where the mount point names none', () => {
    for (const tail of ['full/full/0/native.jpg', 'full/max/0/grey.jpg', 'full/max/0/default']) {
      expect(render(`a/${tail}`).iiifVersion).toBe(3);
    }
    expect(render('a/full/max/0/grey.jpg').request.quality).toBe('gray');
    expect(render('a/full/max/0/default', undefined, { defaultFormat: 'webp' }).request.output.format).toBe('webp');
    expect(render('a/full/full/0/default.jpg', undefined, { iiifVersion: 2 }).iiifVersion).toBe(2);
    expect(() => parse('a/full/^max/0/default.jpg', undefined, { iiifVersion: 2 })).toThrow();
  });

  it('serves the formats of the configuration only', () => {
    expect(render('a/full/max/0/default.webp', 3).request.output.format).toBe('webp');
    expect(() => parse('a/full/max/0/default.webp', 3, { outputFormats: ['jpg', 'png'] })).toThrow('jpg, png');
  });

  it.each([
    ['negative', 'invert'],
    ['stretch', 'stretch'],
    ['equalization', 'equalize'],
    ['log', 'log'],
  ])('serves the quality %s when extensions are on', (name, kind) => {
    const { request } = render(`a/full/max/0/${name}.jpg`, 3, { extraQualities: true });
    expect(request).toMatchObject({ quality: 'default', adjustments: [{ kind }] });
  });

  it.each([
    [';', 'stack.tif;3', 'stack.tif', 3, 'stack.tif;3'],
    ['::', 'a::b.tif::12', 'a::b.tif', 12, 'a::b.tif::12'],
    [';', 'stack%3B3', 'stack', 3, 'stack;3'],
    [';', 'a;b.tif', 'a;b.tif', 0, 'a;b.tif'],
    [';', 'a.tif;', 'a.tif;', 0, 'a.tif;'],
    [';', ';3', ';3', 0, ';3'],
    ['', 'a.tif;3', 'a.tif;3', 0, 'a.tif;3'],
  ])('with the delimiter "%s" reads %s', (pageDelimiter, path, image, page, identifier) => {
    const parsed = render(`${path}/full/max/0/default.jpg`, 3, { pageDelimiter });
    expect(parsed).toMatchObject({ image, identifier, request: { page } });
  });

  it.each([
    ['a.tif', 'a.tif/info.json'],
    ['a.tif/', 'a.tif/info.json'],
    ['dir/sub/x/y/a%20b.tif', 'dir/sub/x/y/a%20b.tif/info.json'],
    ['a%2fb', 'a%2Fb/info.json'],
    ['full', 'full/info.json'],
    ['x/y/2020/12/img.jpg', 'x/y/2020/12/img.jpg/info.json'],
    ['2020/12/0/img.jpg', '2020/12/0/img.jpg/info.json'],
    ['a/full/x/0/default.dir/img.tif', 'a/full/x/0/default.dir/img.tif/info.json'],
    ['full/max/x/default.jpg', 'full/max/x/default.jpg/info.json'],
    ['info.json', 'info.json/info.json'],
  ])('redirects the base URI %s', (path, location) => {
    expect(parse(path, 3)).toEqual({ kind: 'redirect', location });
  });

  it.each(['', '/', '//', '/info.json', '/full/max/0/default.jpg'])('finds no image in "%s"', (path) => {
    expect(parse(path, 3)).toEqual({ kind: 'no-match' });
  });

  it.each([
    [undefined, 3, false],
    ['application/ld+json;profile="http://iiif.io/api/image/2/context.json"', 2, true],
    ['application/ld+json;profile="http://iiif.io/api/image/3/context.json"', 3, false],
    ['application/ld+json; profile=http://iiif.io/api/image/2/context.json, */*', 2, true],
    ['*/*', 3, false],
  ])('answers info.json to Accept %s in version %i', (accept, version, negotiated) => {
    const parsed = parseIiif(inputOf('a.tif/info.json', accept), DEFAULT_PARSE_OPTIONS);
    const descriptor = { kind: 'iiif-info', version, negotiated };
    expect(parsed).toEqual({
      kind: 'describe',
      protocol: 'iiif',
      page: 0,
      image: 'a.tif',
      identifier: 'a.tif',
      descriptor,
    });
  });

  it('follows the mount point, not the Accept header, where the mount point names a version', () => {
    const accept = 'application/ld+json;profile="http://iiif.io/api/image/2/context.json"';
    const parsed = parseIiif(inputOf('a/info.json', accept), DEFAULT_PARSE_OPTIONS, 3);
    expect(parsed).toMatchObject({ descriptor: { version: 3, negotiated: false } });
  });

  it('reads back every identifier that was encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((id) => !id.includes('\0')),
        (id) => {
          const encoded = encodeSegment(id);
          expect(render(`${encoded}/full/max/0/default.jpg`, 3)).toMatchObject({ image: id, identifier: encoded });
          expect(parse(`${encoded}/info.json`, 3)).toMatchObject({ kind: 'describe', image: id, identifier: encoded });
        },
      ),
    );
  });

  it('answers junk with a request error or a result, never with another error', () => {
    const word = fc.constantFrom(
      'full',
      'max',
      'pct:',
      '^',
      '!',
      ',',
      '1',
      '-1',
      '.5',
      '%2f',
      '%',
      '%zz',
      'default',
      '.jpg',
      'info.json',
    );
    const junk = fc.array(fc.oneof(word, fc.constant('/'), fc.string({ unit: 'binary' })), { maxLength: 16 });
    fc.assert(
      fc.property(junk, fc.constantFrom(2, 3, undefined), (parts, version) => {
        try {
          parse(parts.join(''), version);
        } catch (error) {
          if (!isImageError(error, 'request')) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
