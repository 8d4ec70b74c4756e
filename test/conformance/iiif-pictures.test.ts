import type { Rect, Size } from '@sectile/core/geometry';
import { cropPixels } from '@sectile/core/pixels';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawing } from '../fixtures/drawing.ts';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { tiledFile } from '../fixtures/picture-file.ts';
import { difference, luma, mirrored, scaled, turned } from '../reference/picture.ts';
import { halves } from '../reference/synthetic-reader.ts';
import { type Served, serveImages } from './served.ts';

const PICTURE = drawing(300, 200);
const ALL: Rect = { x: 0, y: 0, width: 300, height: 200 };
const MAX_SIDE = 600;

/** How far a picture that was reduced by way of a smaller level may be from one averaged at once, in 8-bit steps. */
const BY_LEVEL = 2.5;

let served: Served;
let still: Served;

beforeAll(async () => {
  const files = { 'a.tif': tiledFile(halves(PICTURE, 'floor', 64), { width: 64, height: 64 }) };
  const fixtures = { 'gray-16.tif': fixtureBytes('gray-16.tif'), 'rgba.tif': fixtureBytes('rgba.tif') };
  served = await serveImages({ ...files, ...fixtures }, { maxCvt: MAX_SIDE });
  still = await serveImages(files, { maxCvt: MAX_SIDE, allowUpscaling: false });
});

function rect(x: number, y: number, width: number, height: number): Rect {
  return { x, y, width, height };
}

function size(width: number, height: number): Size {
  return { width, height };
}

async function expectScaled(path: string, source: Rect, wanted: Size, tolerance = BY_LEVEL): Promise<void> {
  const picture = await served.pixels(`${path}/0/default.png`);
  expect([picture.width, picture.height]).toEqual([wanted.width, wanted.height]);
  const isCut = source.width === wanted.width && source.height === wanted.height;
  expect(difference(picture, scaled(PICTURE, source, wanted))).toBeLessThanOrEqual(isCut ? 0 : tolerance);
}

describe.each([2, 3])('region of version %i', (version) => {
  test.each([
    ['full', ALL],
    ['square', rect(50, 0, 200, 200)],
    ['0,0,300,200', ALL],
    ['10,20,30,40', rect(10, 20, 30, 40)],
    ['64,64,64,64', rect(64, 64, 64, 64)],
    ['0,0,1,1', rect(0, 0, 1, 1)],
    ['299,199,1,1', rect(299, 199, 1, 1)],
    ['290,190,100,100', rect(290, 190, 10, 10)],
    ['0,150,900000000000000000000,50', rect(0, 150, 300, 50)],
    ['pct:0,0,100,100', ALL],
    ['pct:25,25,50,50', rect(75, 50, 150, 100)],
    ['pct:50,50,100,100', rect(150, 100, 150, 100)],
    ['pct:41.6,7.5,40,70', rect(125, 15, 120, 140)],
    ['pct:99,99,.4,.4', rect(297, 198, 1, 1)],
  ])('%s is cut out exactly', async (region, source) => {
    await expectScaled(`/iiif/${version}/a.tif/${region}/max`, source, source);
  });

  test.each([
    ['300,0,10,10', 'starts at the right edge'],
    ['0,200,1,1', 'starts at the bottom edge'],
    ['10,10,0,5', 'has no width'],
    ['10,10,5,0', 'has no height'],
    ['-1,0,5,5', 'is negative'],
    ['1,2,3', 'has three numbers'],
    ['1,2,3,4,5', 'has five numbers'],
    ['1,,3,4', 'has an empty number'],
    ['a,b,c,d', 'has no numbers'],
    ['1.5,0,5,5', 'has a fraction of a pixel'],
    ['1e1,0,5,5', 'has an exponent'],
    ['pct:0,0,0,10', 'has no percentage'],
    ['pct:100,0,10,10', 'starts at 100 percent'],
    ['pct:0,0,-5,10', 'has a negative percentage'],
    ['pct:1,2,3', 'has three percentages'],
    ['middle', 'has an unknown name'],
  ])('%s is refused: it %s', async (region) => {
    expect((await served.get(`/iiif/${version}/a.tif/${region}/max/0/default.png`)).status).toBe(400);
  });
});

describe('size', () => {
  test.each([
    ['max', size(300, 200)],
    ['150,', size(150, 100)],
    [',100', size(150, 100)],
    ['100,', size(100, 67)],
    [',67', size(101, 67)],
    ['1,', size(1, 1)],
    ['300,200', size(300, 200)],
    ['100,50', size(100, 50)],
    ['300,25', size(300, 25)],
    ['1,1', size(1, 1)],
    ['pct:100', size(300, 200)],
    ['pct:50', size(150, 100)],
    ['pct:33.3333', size(100, 67)],
    ['pct:.5', size(2, 1)],
    ['!100,100', size(100, 67)],
    ['!300,50', size(75, 50)],
    ['!300,200', size(300, 200)],
  ])('%s means the same in both versions', async (text, wanted) => {
    await expectScaled(`/iiif/3/a.tif/full/${text}`, ALL, wanted);
    await expectScaled(`/iiif/2/a.tif/full/${text}`, ALL, wanted);
  });

  test.each([
    ['!400,400', size(300, 200)],
    ['^max', size(600, 400)],
    ['^450,', size(450, 300)],
    ['^,300', size(450, 300)],
    ['^450,300', size(450, 300)],
    ['^400,400', size(400, 400)],
    ['^pct:150', size(450, 300)],
    ['^!450,450', size(450, 300)],
    ['^!100,100', size(100, 67)],
    ['^150,', size(150, 100)],
    ['^pct:50', size(150, 100)],
  ])('%s of version 3 enlarges only where a ^ allows it', async (text, wanted) => {
    await expectScaled(`/iiif/3/a.tif/full/${text}`, ALL, wanted);
  });

  test.each([
    ['full', size(300, 200)],
    ['450,', size(450, 300)],
    [',300', size(450, 300)],
    ['400,400', size(400, 400)],
    ['pct:150', size(450, 300)],
    ['!450,450', size(450, 300)],
  ])('%s of version 2 enlarges', async (text, wanted) => {
    await expectScaled(`/iiif/2/a.tif/full/${text}`, ALL, wanted);
  });

  test('is of the region, whose aspect it keeps', async () => {
    await expectScaled('/iiif/3/a.tif/20,30,100,50/50,', rect(20, 30, 100, 50), size(50, 25));
    await expectScaled('/iiif/3/a.tif/20,30,100,50/!20,20', rect(20, 30, 100, 50), size(20, 10), 4);
    await expectScaled('/iiif/3/a.tif/20,30,100,50/^pct:200', rect(20, 30, 100, 50), size(200, 100));
    await expectScaled('/iiif/3/a.tif/square/,50', rect(50, 0, 200, 200), size(50, 50), 4);
  });

  test.each([
    ...['301,', ',201', '301,200', '100,201', 'pct:101', 'pct:100.5'],
    ...['full', '^full', '0,', ',0', '0,0', '10,0', ',', 'pct:0', 'pct:-5', 'pct:a', '^'],
    ...['!100,', '!,100', '!0,10', '100', '1.5,', '-5,', 'a,b', '1,2,3', 'large', '^^10,', '!^10,10'],
    ...['^601,', '^,401', '^601,10', '^pct:300'],
  ])('%s is refused by version 3', async (text) => {
    expect((await served.get(`/iiif/3/a.tif/full/${text}/0/default.png`)).status).toBe(400);
  });

  test.each(['^150,', '^max', '0,', ',', 'pct:0', '601,', ',401', 'large', '!100,'])(
    '%s is refused by version 2',
    async (text) => {
      expect((await served.get(`/iiif/2/a.tif/full/${text}/0/default.png`)).status).toBe(400);
    },
  );

  test('is never larger than the region where the server does not enlarge', async () => {
    const statusOf = async (path: string) => (await still.get(`/iiif/${path}/0/default.png`)).status;
    expect(await statusOf('3/a.tif/full/^450,')).toBe(400);
    expect(await statusOf('3/a.tif/full/^pct:101')).toBe(400);
    expect(await statusOf('3/a.tif/full/^150,')).toBe(200);
    const { width, height } = await still.pixels('/iiif/2/a.tif/full/450,/0/default.png');
    expect([width, height]).toEqual([300, 200]);
  });
});

describe('rotation', () => {
  const cut = cropPixels(PICTURE, rect(10, 20, 90, 40));

  test.each([
    ['0', cut],
    ['90', turned(cut, 1)],
    ['180', turned(cut, 2)],
    ['270', turned(cut, 3)],
    ['360', cut],
    ['0.0', cut],
    ['!0', mirrored(cut)],
    ['!90', turned(mirrored(cut), 1)],
    ['!180', turned(mirrored(cut), 2)],
    ['!270', turned(mirrored(cut), 3)],
  ])('%s mirrors first and turns clockwise', async (rotation, expected) => {
    for (const version of [2, 3]) {
      const picture = await served.pixels(`/iiif/${version}/a.tif/10,20,90,40/max/${rotation}/default.png`);
      expect(difference(picture, expected)).toBe(0);
    }
  });

  test('comes after scaling', async () => {
    const picture = await served.pixels('/iiif/3/a.tif/full/100,50/90/default.png');
    expect(difference(picture, turned(scaled(PICTURE, ALL, size(100, 50)), 1))).toBeLessThanOrEqual(BY_LEVEL);
  });

  test.each([22.5, 45, 100.25, 359.9])('%d degrees grow the canvas around the same center', async (degrees) => {
    const picture = await served.pixels(`/iiif/3/a.tif/100,50,101,61/max/${degrees}/default.png`);
    const [sin, cos] = [Math.sin, Math.cos].map((of) => Math.abs(of((degrees / 180) * Math.PI)));
    expect(picture.width).toBe(Math.ceil(101 * cos! + 61 * sin!));
    expect(picture.height).toBe(Math.ceil(101 * sin! + 61 * cos!));
    const center = (Math.floor(picture.height / 2) * picture.width + Math.floor(picture.width / 2)) * picture.bands;
    for (let band = 0; band < 3; band++) {
      const expected = PICTURE.data[(80 * 300 + 150) * 3 + band]!;
      expect(Math.abs(picture.data[center + band]! - expected)).toBeLessThanOrEqual(4);
    }
    expect([picture.bands, picture.data[center + 3]]).toEqual([4, 255]);
    if (degrees === 45) expect(picture.data[3]).toBe(0);
  });

  test.each(['-90', '361', '90deg', '!', '!!90', 'left', '1e2', '+90', ''])('%j is refused', async (rotation) => {
    expect((await served.get(`/iiif/3/a.tif/full/max/${rotation}/default.png`)).status).toBe(400);
  });
});

describe('quality', () => {
  test('default and color leave the picture as it is', async () => {
    for (const quality of ['default', 'color']) {
      expect(difference(await served.pixels(`/iiif/3/a.tif/full/max/0/${quality}.png`), PICTURE)).toBe(0);
    }
  });

  test('gray is the luma, in one band', async () => {
    const gray = await served.pixels('/iiif/3/a.tif/full/max/0/gray.png');
    expect(difference(gray, luma(PICTURE))).toBeLessThan(0.501);
  });

  test('bitonal is black and white, split alike in the whole picture and in a part of it', async () => {
    const whole = await served.pixels('/iiif/3/a.tif/full/max/0/bitonal.png');
    expect([whole.bands, [...new Set(whole.data)].sort()]).toEqual([1, [0, 255]]);
    const gray = luma(PICTURE);
    const values = (bit: number) => [...gray.data].filter((_, index) => whole.data[index] === bit);
    expect(Math.max(...values(0)) - Math.min(...values(255))).toBeLessThanOrEqual(0.5);
    const part = await served.pixels('/iiif/3/a.tif/30,40,64,64/max/0/bitonal.png');
    expect(difference(part, cropPixels(whole, rect(30, 40, 64, 64)))).toBe(0);
  });

  test('a 16-bit picture is scaled to 8 bits, and color of gray is gray', async () => {
    const gray = await served.pixels('/iiif/3/gray-16.tif/full/max/0/default.png');
    expect([gray.dtype, difference(gray, drawing(100, 80, 1))]).toEqual(['uint8', 0]);
    expect(difference(await served.pixels('/iiif/3/gray-16.tif/full/max/0/color.png'), gray)).toBe(0);
  });

  test('transparency stays where the format has it', async () => {
    expect(difference(await served.pixels('/iiif/3/rgba.tif/full/max/0/default.png'), drawing(96, 70, 4))).toBe(0);
    const half = await served.pixels('/iiif/3/rgba.tif/full/48,35/0/default.png');
    expect(difference(half, scaled(drawing(96, 70, 4), rect(0, 0, 96, 70), size(48, 35)))).toBeLessThanOrEqual(0.5);
  });

  test('the names of version 1 are known only where no version is named', async () => {
    const statusOf = async (path: string) => (await served.get(path)).status;
    expect(await statusOf('/iiif/3/a.tif/full/max/0/native.png')).toBe(400);
    expect(await statusOf('/iiif/2/a.tif/full/full/0/grey.png')).toBe(400);
    expect(await statusOf('/iiif/a.tif/full/full/0/native.png')).toBe(200);
    expect(await statusOf('/iiif/a.tif/full/full/0/grey.png')).toBe(200);
  });

  test.each(['negative', 'colour', 'sepia', ''])('%j is refused', async (quality) => {
    expect((await served.get(`/iiif/3/a.tif/full/max/0/${quality}.png`)).status).toBe(400);
  });
});

describe('format', () => {
  test.each([
    ['jpg', 'image/jpeg', [0xff, 0xd8, 0xff]],
    ['png', 'image/png', [0x89, 0x50, 0x4e, 0x47]],
    ['webp', 'image/webp', [0x52, 0x49, 0x46, 0x46]],
    ['avif', 'image/avif', [0, 0, 0]],
    ['tif', 'image/tiff', [0x49, 0x49]],
  ])('%s is %s', async (format, mediaType, head) => {
    const response = await served.get(`/iiif/3/a.tif/0,0,100,80/50,/0/default.${format}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes.subarray(0, head.length)]).toEqual(head);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  test.each(['gif', 'jp2', 'pdf', 'exe', ''])('%j is refused', async (format) => {
    expect((await served.get(`/iiif/3/a.tif/full/max/0/default.${format}`)).status).toBe(400);
  });
});
