import type { LevelInfo } from '@sectile/core/pyramid';
import { describe, expect, it } from 'vitest';
import { type IipImage, type ObjectContext, objectsReply } from './objects.ts';

function level(width: number, height: number, downsample: number): LevelInfo {
  return {
    width,
    height,
    tileWidth: 64,
    tileHeight: 64,
    downsampleX: downsample,
    downsampleY: downsample,
    stored: true,
  };
}

const RANGE = { minimum: 0, maximum: 255 };

const IMAGE: IipImage = {
  width: 300,
  height: 200,
  levels: [level(300, 200, 1), level(150, 100, 2), level(75, 50, 4), level(37, 25, 8)],
  tileSize: { width: 64, height: 64 },
  bitsPerSample: 8,
  color: 'rgb',
  ranges: [RANGE, RANGE, RANGE],
  pages: [{ name: '', scale: 1 }],
  metadata: { text: {}, orientation: 1 },
};

const CONTEXT: ObjectContext = { turned: false, iipVersion: '1.3', requestText: 'FIF=a&OBJ=x' };

function body(object: string, info: Partial<IipImage> = {}, context: Partial<ObjectContext> = {}): string {
  return objectsReply([object], { ...IMAGE, ...info }, { ...CONTEXT, ...context }).body;
}

function withMetadata(metadata: Partial<IipImage['metadata']>): Partial<IipImage> {
  return { metadata: { ...IMAGE.metadata, ...metadata } };
}

describe('objectsReply', () => {
  it.each([
    ['iip,1.0', ''],
    ['iip-server', 'IIP-server:3.65\r\n'],
    ['iip-opt-comm', 'IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW\r\n'],
    [
      'iip-opt-obj',
      'IIP-opt-obj:Horizontal-views Vertical-views Tile-size Bits-per-channel Min-Max-sample-values Resolutions\r\n',
    ],
    ['basic-info', 'IIP-server:3.65\r\nMax-size:300 200\r\nResolution-number:4\r\nColorspace,0-3,0:0 0 3 3 0 1 2\r\n'],
    ['max-size', 'Max-size:300 200\r\n'],
    ['resolution-number', 'Resolution-number:4\r\n'],
    ['tile-size', 'Tile-size:64 64\r\n'],
    ['bits-per-channel', 'Bits-per-channel:8\r\n'],
    ['resolutions', 'Resolutions:37 25,75 50,150 100,300 200\r\n'],
    ['min-max-sample-values', 'Min-Max-sample-values: 0  255  0  255  0  255\r\n'],
    ['horizontal-views', 'Horizontal-views:0\r\n'],
    ['vertical-views', 'Vertical-views:90\r\n'],
    ['colorspace', 'Colorspace,0-3,0:0 0 3 3 0 1 2\r\n'],
    ['colorspace,0-3,0', 'Colorspace,0-3,0:0 0 3 3 0 1 2\r\n'],
    ['metadata', '{ }\r\n'],
  ])('answers %s with %j', (object, text) => {
    expect(body(object)).toBe(text);
  });

  it('turns Max-size', () => {
    expect(body('max-size', {}, { turned: true })).toBe('Max-size:200 300\r\n');
    expect(body('basic-info', {}, { turned: true })).toContain('Max-size:200 300\r\n');
  });

  it('tells gray and CIELAB from the other colors', () => {
    expect(body('colorspace', { color: 'grayscale' })).toBe('Colorspace,0-3,0:0 0 1 1 0\r\n');
    expect(body('colorspace', { color: 'cielab' })).toBe('Colorspace,0-3,0:1 0 4 3 0 1 2\r\n');
    expect(body('colorspace', { color: 'cmyk' })).toBe('Colorspace,0-3,0:0 0 3 3 0 1 2\r\n');
  });

  it('writes ranges with nine digits', () => {
    const ranges = [{ minimum: -0.1, maximum: 4294967295 }];
    expect(body('min-max-sample-values', { ranges })).toBe('Min-Max-sample-values: -0.1  4.2949673e+09\r\n');
  });

  it('lists the views of sequences and stacks', () => {
    const views = { horizontal: [0, 30, 60], vertical: [90, 120] };
    expect(body('horizontal-views', {}, { views })).toBe('Horizontal-views:0 30 60\r\n');
    expect(body('vertical-views', {}, { views })).toBe('Vertical-views:90 120\r\n');
    const pages = [0, 1, 2].map((page) => ({ name: `${page}`, scale: 1 }));
    expect(body('horizontal-views', { pages })).toBe('Horizontal-views:0 1 2\r\n');
  });

  it('gives density in pixels per meter, in single precision', () => {
    const inch = withMetadata({ density: { x: 300, y: 300, unit: 'inch' } });
    expect(body('dpi', inch)).toBe('DPI:11811.023438 11811.023438\r\n');
    expect(body('dpi', withMetadata({ density: { x: 100, y: 50, unit: 'cm' } }))).toBe(
      'DPI:10000.000000 5000.000000\r\n',
    );
  });

  it('writes stacks as JSON', () => {
    const pages = [
      { name: '450 "nm"', scale: 1 / 3 },
      { name: '', scale: 1 },
    ];
    const third = { ...IMAGE, pages: [{ name: 'x', scale: Math.fround(1 / 3) }, ...pages] };
    const reply = objectsReply(['stack'], third, CONTEXT);
    expect(reply.mediaType).toBe('application/json');
    expect(reply.body).toContain(
      '[ \n\t{\n\t\t"id": 0,\n\t\t"name": "x",\n\t\t"scale": 0.333333343\n\t},\n\t{\n\t\t"id": 1,',
    );
    expect(reply.body.endsWith('"scale": 1\n\t}\n]\r\n')).toBe(true);
    expect(JSON.parse(reply.body)[1]).toEqual({ id: 1, name: '450 "nm"', scale: 0.333333333 });
  });

  it('writes metadata as JSON, sorted, escaped, without binary members', () => {
    const text = { title: 'a "b"\n', creator: 'me', xmp: '<x/>', icc: '\u0001' };
    const reply = objectsReply(['metadata'], { ...IMAGE, ...withMetadata({ text }) }, CONTEXT);
    expect(reply).toMatchObject({ mediaType: 'application/json' });
    expect(reply.body).toBe('{ \n\t"creator": "me",\n\t"title": "a \\"b\\"\\n"\n}\r\n');
  });

  it('gives single fields bare, as plain text', () => {
    const info = { ...IMAGE, ...withMetadata({ text: { title: 'Night Watch' } }) };
    expect(objectsReply(['title'], info, CONTEXT)).toEqual({
      status: 200,
      mediaType: 'text/plain; charset=utf-8',
      body: 'Night Watch\r\n',
      headers: {},
    });
  });

  it('states the rights of the server where the image states none', () => {
    expect(body('rights', {}, { rights: '(c) us' })).toBe('(c) us\r\n');
    expect(body('rights', withMetadata({ text: { rights: '(c) me' } }), { rights: '(c) us' })).toBe('(c) me\r\n');
    expect(body('metadata', {}, { rights: '(c) us' })).toContain('"rights": "(c) us"');
  });

  it('sums up in a fixed order, leaving out what is missing', () => {
    const text = { software: 's', rights: 'r', creator: 'c', title: 't' };
    expect(body('summary-info', withMetadata({ text }))).toBe('r\r\nc\r\ns\r\n');
  });

  it('hands out XMP as XML', () => {
    const info = { ...IMAGE, ...withMetadata({ xmp: new TextEncoder().encode('<x:xmpmeta/>') }) };
    expect(objectsReply(['xmp'], info, CONTEXT)).toMatchObject({
      mediaType: 'application/xml',
      body: '<x:xmpmeta/>\r\n',
    });
  });

  it('answers what viewers open with in one reply, in order, skipping what is unknown', () => {
    const objects = ['iip,1.0', 'max-size', 'tile-size', 'resolution-number', 'resolutions', 'dpi'];
    expect(objectsReply(objects, IMAGE, CONTEXT)).toEqual({
      status: 200,
      mediaType: 'application/vnd.netfpx',
      body: 'Max-size:300 200\r\nTile-size:64 64\r\nResolution-number:4\r\nResolutions:37 25,75 50,150 100,300 200\r\n',
      headers: { IIP: '1.3' },
    });
  });

  it.each(['dpi', 'title', 'stack', 'summary-info', 'xmp'])('is an error when %s alone has no value', (object) => {
    expect(objectsReply([object], IMAGE, CONTEXT)).toMatchObject({ status: 404, body: 'Error/15:2 1 FIF=a&OBJ=x\r\n' });
  });
});
