import { isImageError } from '@sectile/core/errors';
import type { Adjustment, RenderRequest } from '@sectile/core/render';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PARSE_OPTIONS, type ParsedRequest, type ParseOptions, type ProtocolInput } from '../protocol.ts';
import { parseIip } from './parse.ts';

function parse(query: string, options: Partial<ParseOptions> = {}, input: Partial<ProtocolInput> = {}): ParsedRequest {
  const whole: ProtocolInput = { path: '', query, method: 'GET', header: () => undefined, ...input };
  return parseIip(whole, { ...DEFAULT_PARSE_OPTIONS, ...options });
}

function render(query: string, options: Partial<ParseOptions> = {}): RenderRequest {
  const parsed = parse(query, options);
  if (parsed.kind !== 'render') throw new Error(`${query} became ${JSON.stringify(parsed)}`);
  return parsed.request;
}

function adjustments(query: string): readonly Adjustment[] {
  return render(`FIF=a&${query}&CVT=jpeg`).adjustments;
}

const EXPORT: RenderRequest = {
  page: 0,
  region: { kind: 'full' },
  size: { kind: 'native' },
  upscale: 'allow',
  overLimit: 'clamp',
  adjustments: [],
  rotation: { mirror: false, degrees: 0 },
  quality: 'default',
  output: { format: 'jpg', metadata: 'export' },
};

const TILE: RenderRequest = {
  page: 0,
  size: { kind: 'native' },
  adjustments: [],
  rotation: { mirror: false, degrees: 0 },
  quality: 'default',
  level: { from: 'smallest', index: 3 },
  region: { kind: 'tile-index', index: 12 },
  upscale: 'reject',
  output: { format: 'jpg', metadata: 'tile' },
};

describe('parseIip', () => {
  it('turns a tile command into a request', () => {
    expect(parse('FIF=dir/a.tif&JTL=3,12')).toEqual({
      kind: 'render',
      protocol: 'iip',
      image: 'dir/a.tif',
      request: TILE,
    });
  });

  it('turns an export command into a request', () => {
    expect(parse('FIF=a.tif&CVT=jpeg')).toEqual({
      kind: 'render',
      protocol: 'iip',
      image: 'a.tif',
      request: EXPORT,
      disposition: 'inline',
    });
  });

  it.each([
    ['JTL', 'jpg'],
    ['PTL', 'png'],
    ['WTL', 'webp'],
    ['ATL', 'avif'],
    ['TTL', 'tif'],
  ])('delivers the tiles of %s as %s', (command, format) => {
    expect(render(`fif=a&${command.toLowerCase()}=3,12`)).toEqual({ ...TILE, output: { format, metadata: 'tile' } });
  });

  it('reads a lone number as resolution and tile', () => {
    expect(render('FIF=a&JTL=3')).toMatchObject({ level: { index: 3 }, region: { index: 3 } });
  });

  it.each([
    ['jpeg', 'jpg'],
    ['JPG', 'jpg'],
    ['png', 'png'],
    ['webp', 'webp'],
    ['avif', 'avif'],
    ['tiff', 'tif'],
    ['tif', 'tif'],
    ['bmp', 'jpg'],
    ['constructor', 'jpg'],
  ])('delivers CVT=%s as %s', (word, format) => {
    expect(render(`FIF=a&CVT=${word}`).output).toEqual({ format, metadata: 'export' });
  });

  it('falls back to JPEG for exports, and does not know tiles, in a format that is not served', () => {
    const options = { outputFormats: ['jpg', 'png'] } as const;
    expect(render('FIF=a&CVT=webp', options).output.format).toBe('jpg');
    expect(parse('FIF=a&WTL=0,0', options)).toMatchObject({
      kind: 'reply',
      reply: { status: 501, body: 'Error/7:2 2 WTL\r\n' },
    });
  });

  it('names posted exports attachments', () => {
    expect(parse('FIF=a&CVT=jpeg', {}, { method: 'POST' })).toMatchObject({ disposition: 'attachment' });
  });

  it.each([
    ['a%20b.tif', 'a b.tif'],
    ['a+b.tif', 'a b.tif'],
    ['a%2Bb.tif', 'a+b.tif'],
    ['a%252Fb', 'a%2Fb'],
    ['100%.tif', '100%.tif'],
    ['x=y', 'x=y'],
    ['/abs//a.tif', '/abs//a.tif'],
  ])('decodes FIF=%s once', (value, image) => {
    expect(parse(`FIF=${value}&JTL=0,0`)).toMatchObject({ image });
  });

  it('takes the last image, and the last of repeated modifiers', () => {
    expect(parse('FIF=a&WID=1&FIF=b&WID=2&CVT=jpeg')).toMatchObject({ image: 'b', request: { size: { width: 2 } } });
  });

  it.each([
    ['', { kind: 'native' }],
    ['&WID=400', { kind: 'width', width: 400 }],
    ['&HEI=300', { kind: 'height', height: 300 }],
    ['&WID=400&HEI=300', { kind: 'fit', width: 400, height: 300 }],
    ['&WID=400px', { kind: 'width', width: 400 }],
    ['&WID=12.9', { kind: 'width', width: 12 }],
    ['&WID=400&WID=0', { kind: 'native' }],
    ['&WID=400&WID=x', { kind: 'native' }],
  ])('reads the size of "%s"', (commands, size) => {
    expect(render(`FIF=a${commands}&CVT=jpeg`).size).toEqual(size);
  });

  it('clamps where upscaling is not allowed', () => {
    expect(render('FIF=a&WID=9&CVT=jpeg', { allowUpscaling: false }).upscale).toBe('clamp');
  });

  it.each([
    ['0.25,0.5,0.5,0.25', { kind: 'fraction', x: 0.25, y: 0.5, width: 0.5, height: 0.25 }],
    ['0.1,0,1,1', { kind: 'fraction', x: Math.fround(0.1), y: 0, width: 1, height: 1 }],
    ['-1,2,3,0.5', { kind: 'fraction', x: 0, y: 1, width: 1, height: 0.5 }],
    ['0%2C0%2C.5%2C5e-1', { kind: 'fraction', x: 0, y: 0, width: 0.5, height: 0.5 }],
    ['0,,0,0.5,0.5', { kind: 'fraction', x: 0, y: 0, width: 0.5, height: 0.5 }],
    ['0,0,0,1', { kind: 'full' }],
    ['0,0,1,-1', { kind: 'full' }],
    ['0,0,1', { kind: 'full' }],
    ['0,0,1,1,1', { kind: 'full' }],
    // Nothing in single precision; then the thinnest that there is.
    ['0,0,1e-320,0.5', { kind: 'full' }],
    ['0,0,1.5e-45,0.5', { kind: 'fraction', x: 0, y: 0, width: 2 ** -149, height: 0.5 }],
  ])('reads RGN=%s', (value, region) => {
    expect(render(`FIF=a&RGN=${value}&CVT=jpeg`).region).toEqual(region);
  });

  it.each([
    ['90', false, 90],
    ['!90', true, 90],
    ['450', false, 90],
    ['-90', false, 270],
    ['-360', false, 0],
    ['180.9', false, 180],
    ['!180', true, 180],
    ['abc', false, 0],
    ['45', false, 45],
  ])('reads ROT=%s', (value, mirror, degrees) => {
    expect(render(`FIF=a&ROT=${value}&CVT=jpeg`).rotation).toEqual({ mirror, degrees });
  });

  it.each([
    ['180', 180],
    ['!90', 90],
    ['270', 270],
    ['45', 0],
  ])('turns tiles by ROT=%s, by quarters only', (value, degrees) => {
    const { rotation, region } = render(`FIF=a&ROT=${value}&JTL=3,12`);
    expect(rotation).toEqual({ mirror: value.startsWith('!'), degrees });
    expect(region).toEqual({ kind: 'tile-index', index: 12 });
  });

  it.each([
    ['SDS=30,60', { horizontal: 30, vertical: 60 }, 30],
    ['SDS=4', { horizontal: 4, vertical: 90 }, 4],
    ['SDS=1&SDS=2,0', { horizontal: 2, vertical: 0 }, 2],
  ])('reads the view of %s', (commands, view, page) => {
    expect(parse(`FIF=a&${commands}&JTL=0,0`)).toMatchObject({ view, request: { page } });
  });

  it('takes the view of JTLS from its own value', () => {
    expect(parse('FIF=a&SDS=1,2&JTLS=30,3,12,60')).toMatchObject({
      view: { horizontal: 30, vertical: 60 },
      request: { ...TILE, page: 30 },
    });
  });

  it.each([
    ['5', 5],
    ['0', undefined],
    ['-1', 65535],
    ['99999', 65535],
  ])('reads LYR=%s', (value, layers) => {
    expect(render(`FIF=a&LYR=${value}&JTL=3,12`)).toEqual(layers === undefined ? TILE : { ...TILE, layers });
  });

  it.each([
    ['90', { quality: 90 }],
    ['0', { quality: 0 }],
    ['-1', { quality: -1 }],
    ['x', { quality: 0 }],
    ['LZW:9', { quality: 9, compression: 'lzw' }],
    ['jpeg:80', { quality: 80, compression: 'jpeg' }],
    ['nonsense:1', { quality: 1, compression: 'none' }],
    ['zstd:', { compression: 'zstd' }],
  ])('reads QLT=%s', (value, output) => {
    expect(render(`FIF=a&QLT=${value}&CVT=tiff`).output).toEqual({ format: 'tif', metadata: 'export', ...output });
  });

  it.each<[string, readonly Adjustment[]]>([
    ['CNT=1.5', [{ kind: 'contrast', gain: 1.5 }]],
    ['CNT=1', []],
    ['CNT=x', [{ kind: 'contrast', gain: 0 }]],
    ['CNT=st', [{ kind: 'stretch' }]],
    ['CNT=Stretch', [{ kind: 'stretch' }]],
    ['CNT=-1', [{ kind: 'stretch' }]],
    ['CNT=st&CNT=2', [{ kind: 'contrast', gain: 2 }]],
    ['CNT=2&CNT=eq', [{ kind: 'contrast', gain: 2 }, { kind: 'equalize' }]],
    ['CNT=equalization', [{ kind: 'equalize' }]],
    ['GAM=2', [{ kind: 'gamma', exponent: 2 }]],
    ['GAM=0.5', [{ kind: 'gamma', exponent: 0.5 }]],
    ['GAM=1', []],
    ['GAM=log', [{ kind: 'log' }]],
    ['GAM=LOGARITHM', [{ kind: 'log' }]],
    ['GAM=-1', [{ kind: 'log' }]],
    ['INV', [{ kind: 'invert' }]],
    ['inv=0', [{ kind: 'invert' }]],
    ['INV=', []],
    ['CMP=HOT', [{ kind: 'colormap', name: 'hot' }]],
    ['CMP=jet&CMP=nonsense', []],
    ['SHD=90,30', [{ kind: 'hillshade', azimuthDegrees: 90, altitudeDegrees: 30 }]],
    ['SHD=90', []],
    [
      'SHD=315,45,2.5,30',
      [{ kind: 'hillshade', azimuthDegrees: 315, altitudeDegrees: 45, verticalExaggeration: 2.5, cellSize: 30 }],
    ],
    ['CMP=Viridis', [{ kind: 'colormap', name: 'viridis' }]],
    ['MINMAX=0:100,200', [{ kind: 'range', band: 0, minimum: 100, maximum: 200 }]],
    ['MINMAX=-:-1e3,0.5', [{ kind: 'range', band: 'all', minimum: -1000, maximum: 0.5 }]],
    [
      'MINMAX=1:0,5&MINMAX=2:0,6&MINMAX=1:0,7',
      [
        { kind: 'range', band: 1, minimum: 0, maximum: 7 },
        { kind: 'range', band: 2, minimum: 0, maximum: 6 },
      ],
    ],
    ['MINMAX=1:0,5&MINMAX=-:0,6', [{ kind: 'range', band: 'all', minimum: 0, maximum: 6 }]],
    ['MINMAX=1:5', []],
    [
      'CTW=[1,0,0;0,1,0]',
      [
        {
          kind: 'color-twist',
          matrix: [
            [1, 0, 0],
            [0, 1, 0],
          ],
        },
      ],
    ],
    ['CTW=%5B1,.5;-1e-1%5D&CTW=7', [{ kind: 'color-twist', matrix: [[1, 0.5], [-0.1], [7]] }]],
    ['CTW=[]', []],
    ['CNV=sobel', [{ kind: 'convolution', kernel: 'sobel' }]],
    ['CNV=[0,-1,0,-1,5,-1,0,-1,0]', [{ kind: 'convolution', kernel: [0, -1, 0, -1, 5, -1, 0, -1, 0] }]],
    ['CNV=[1,2,3,4]', []],
    ['CNV=nonsense', []],
    ['CNV=%5B2%5D', [{ kind: 'convolution', kernel: [2] }]],
    ['ICC=1', []],
  ])('reads %s', (commands, expected) => {
    expect(adjustments(commands)).toEqual(expected);
  });

  it('lists the same processing in one order, however it was asked for', () => {
    expect(adjustments('CNT=2&INV&GAM=2&CMP=hot&MINMAX=0:1,2')).toEqual(
      adjustments('MINMAX=0:1,2&CMP=hot&GAM=2&INV=1&CNT=2'),
    );
  });

  it.each([
    ['grey', 'gray'],
    ['GRAY', 'gray'],
    ['binary', 'bitonal'],
    ['nonsense', 'default'],
  ])('reads COL=%s', (value, quality) => {
    expect(render(`FIF=a&COL=${value}&JTL=0,0`).quality).toBe(quality);
  });

  it('ends at the first command that delivers, whatever follows or went wrong before', () => {
    expect(parse('FIF=a&FOO=1&OBJ=Max-size&JTL=3,12&CVT=png&JTL=-1&WID=3')).toMatchObject({ request: TILE });
  });

  it.each([
    ['TIL=3,1-7', { page: 0, iipResolution: 3, firstTile: 1, lastTile: 7 }],
    ['TIL=0,4', { page: 0, iipResolution: 0, firstTile: 4, lastTile: 4 }],
    ['SDS=2&TIL=0,4-1', { page: 2, iipResolution: 0, firstTile: 4, lastTile: 4 }],
  ])('reads %s', (commands, span) => {
    expect(parse(`FIF=a&${commands}`)).toMatchObject({ kind: 'tile-stream', image: 'a', ...span });
  });

  it.each([
    ['PFL=2:5,6-9,6', { x: 5, y: 6, width: 4, height: 1 }],
    ['PFL=2:5,6-6,9', { x: 5, y: 6, width: 1, height: 1 }],
    ['PFL=2:5,6-5,9', { x: 5, y: 6, width: 1, height: 3 }],
    ['PFL=2:5,6-4,9', { x: 5, y: 6, width: 1, height: 3 }],
    ['PFL=2:5,6-4,5', { x: 5, y: 6, width: 1, height: 1 }],
    ['PFL=2:5,6', { x: 5, y: 6, width: 1, height: 1 }],
  ])('reads %s as a line', (commands, line) => {
    expect(parse(`FIF=a&${commands}`)).toEqual({ kind: 'profile', image: 'a', iipResolution: 2, line });
  });

  it('reads SPECTRA', () => {
    expect(parse('FIF=a&SPECTRA=2,3,10,20')).toEqual({
      kind: 'spectra',
      image: 'a',
      iipResolution: 2,
      tile: 3,
      x: 10,
      y: 20,
    });
  });

  it.each([
    'JTL=-1,0',
    'JTL=0,-1',
    'PTL=-3',
    'JTLS=0,-1,0,0',
    'WID=-1',
    'SDS=-1',
    'TIL=0',
    'TIL=-1,0',
    'TIL=a,b',
    'PFL=1',
    'PFL=1:2',
    'PFL=1:-2,3',
    'SPECTRA=1,2,3',
    'SPECTRA=1,2,3,-4',
    'GAM=1e999',
    `CTW=[${'1;'.repeat(257)}]`,
    'FIF=%00',
    'FIF=%FF',
  ])('refuses %s', (commands) => {
    expect(() => parse(`FIF=a&${commands}`)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  it.each([
    ['FOO=1', 501, 'Error/7:2 2 FOO\r\n'],
    ['OBJ=nonsense', 501, 'Error/12:3 2 nonsense\r\n'],
    ['OBJ=Max-size', 400, 'Error/12:1 3 max-size\r\n'],
    ['JTL=0,0', 400, 'Error/4:1 3 \r\n'],
    ['CVT=jpeg', 400, 'Error/4:1 3 \r\n'],
    ['TIL=0,0', 400, 'Error/4:1 3 \r\n'],
    ['PFL=0:0,0', 400, 'Error/4:1 3 \r\n'],
    ['SPECTRA=0,0,0,0', 400, 'Error/4:1 3 \r\n'],
    ['OBJ=metadata', 400, 'Error/12:1 3 metadata\r\n'],
    ['FIF=a', 400, 'Error/9:2 1 FIF=a\r\n'],
    ['FIF=a&WID=100', 400, 'Error/17:2 1 FIF=a&WID=100\r\n'],
    ['FIF=a&JTLS=1,2,3', 400, 'Error/20:2 1 FIF=a&JTLS=1,2,3\r\n'],
    ['FIF=a&foo=1&OBJ=Max-size&OBJ=x', 501, 'Error/7:2 2 foo\r\nError/5:3 2 x\r\n'],
    ['__proto__=1', 501, 'Error/13:2 2 __proto__\r\n'],
    ['OBJ=__proto__', 501, 'Error/13:3 2 __proto__\r\n'],
    ['OBJ=%C3%BC', 501, 'Error/6:3 2 ü\r\n'],
  ])('answers %s with status %i and %j', (query, status, body) => {
    const headers = { 'Cache-Control': 'no-cache' };
    const reply = { status, mediaType: 'text/plain; charset=utf-8', body, headers };
    expect(parse(query)).toEqual({ kind: 'reply', protocol: 'iip', reply });
  });

  it('collects objects in order, lower-cased, and knows whether the picture was turned by then', () => {
    const requestText = 'FIF=a&ROT=-90&obj=IIP,1.0&obj=Max-size&OBJ=Tile-size&ROT=0';
    expect(parse(requestText)).toEqual({
      kind: 'describe',
      protocol: 'iip',
      image: 'a',
      descriptor: { kind: 'iip-objects', objects: ['iip,1.0', 'max-size', 'tile-size'], turned: true, requestText },
    });
  });

  it('answers objects of the server without an image', () => {
    expect(parse('OBJ=IIP,1.0&OBJ=IIP-server')).toMatchObject({
      kind: 'reply',
      reply: { status: 200, mediaType: 'application/vnd.netfpx', body: 'IIP-server:3.65\r\n', headers: { IIP: '1.3' } },
    });
  });

  it('asks about an image that is named, so that a missing one is noticed', () => {
    const descriptor = { kind: 'iip-objects', objects: ['iip,1.0'] };
    expect(parse('FIF=a&OBJ=IIP,1.0')).toMatchObject({ kind: 'describe', image: 'a', descriptor });
  });

  it('reads a path that names the image, with commands behind it or in the query', () => {
    expect(parse('', {}, { path: 'dir/a%20b.tif&WID=400&CVT=jpeg' })).toMatchObject({
      image: 'dir/a b.tif',
      request: { size: { width: 400 } },
    });
    expect(parse('JTL=3,12', {}, { path: 'a.tif' })).toMatchObject({ image: 'a.tif', request: TILE });
  });

  it('reads a posted body where there is no query', () => {
    expect(parse('', {}, { method: 'POST', body: 'FIF=a&JTL=3,12\r\n' })).toMatchObject({ image: 'a', request: TILE });
    expect(parse('FIF=b&JTL=3,12', {}, { method: 'POST', body: 'FIF=a' })).toMatchObject({ image: 'b' });
  });

  it('has nothing to say to an empty request', () => {
    expect(parse('')).toEqual({ kind: 'no-match' });
  });

  it('passes what was said before IIIF on to it', () => {
    const query = 'GAM=2&QLT=90&COL=grey&LYR=3&WID=7&IIIF=dir%2Fa.tif/full/500,/0/default.jpg?t=1&INV';
    expect(parse(query)).toMatchObject({
      kind: 'render',
      protocol: 'iiif',
      image: 'dir/a.tif',
      request: {
        layers: 3,
        region: { kind: 'full' },
        size: { kind: 'width', width: 500 },
        adjustments: [{ kind: 'gamma', exponent: 2 }],
        quality: 'gray',
        output: { format: 'jpg', quality: 90, metadata: 'export' },
      },
    });
  });

  it('lets the quality of IIIF go before COL, and asks for nothing twice', () => {
    expect(render('COL=grey&IIIF=a/full/max/0/bitonal.jpg').quality).toBe('bitonal');
    expect(render('INV&IIIF=a/full/max/0/negative.jpg', { extraQualities: true }).adjustments).toEqual([
      { kind: 'invert' },
    ]);
  });

  it('keeps the page of a IIIF identifier unless SDS names another', () => {
    const options = { pageDelimiter: ';' };
    expect(render('IIIF=a;3/full/max/0/default.jpg', options).page).toBe(3);
    expect(render('SDS=5&IIIF=a;3/full/max/0/default.jpg', options).page).toBe(5);
  });

  it.each([
    ['IIIF=a+b.tif', { kind: 'redirect', location: '?IIIF=a%20b.tif/info.json' }],
    ['IIIF=a.tif%2Finfo.json', { kind: 'describe', protocol: 'iiif', image: 'a.tif' }],
    ['iiif=dir%2Fa.tif/info.json', { kind: 'describe', image: 'dir/a.tif', identifier: 'dir%2Fa.tif' }],
    ['DeepZoom=a.tif.dzi', { kind: 'describe', protocol: 'deepzoom', image: 'a.tif' }],
    [
      'SDS=3&deepzoom=a.tif_files/9/1_2.jpg',
      { kind: 'render', protocol: 'deepzoom', view: { horizontal: 3 }, request: { page: 3 } },
    ],
    ['Zoomify=a.tif/ImageProperties.xml', { kind: 'describe', protocol: 'zoomify', image: 'a.tif' }],
    ['CNT=2&Zoomify=a.tif/TileGroup0/1-2-3.jpg', { request: { adjustments: [{ kind: 'contrast', gain: 2 }] } }],
    ['Zoomify=a.tif', { kind: 'reply', reply: { status: 400 } }],
  ])('reads the query form %s', (query, expected) => {
    expect(parse(query)).toMatchObject(expected);
  });

  it('answers junk with a request error or a result, never with another error', () => {
    const name = fc.constantFrom(
      ...'FIF OBJ WID HEI RGN ROT SDS LYR QLT CNT GAM MINMAX INV CMP CTW SHD CNV COL JTL PTL JTLS TIL CVT PFL SPECTRA IIIF DeepZoom Zoomify x'.split(
        ' ',
      ),
    );
    const value = fc.oneof(
      fc.constantFrom(
        'a',
        '1,2',
        '-1',
        '1,2,3,4',
        '[1;2]',
        '-:1,2',
        '%',
        '%FF',
        '1e999',
        'a/info.json',
        'a_files/1/1_1.jpg',
        '!',
        ':',
        '[',
        'eq',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const command = fc.oneof(
      fc.tuple(name, value).map((pair) => pair.join('=')),
      value,
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 8 }), (commands) => {
        try {
          parse(commands.join('&'));
        } catch (error) {
          if (!isImageError(error, 'request')) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
