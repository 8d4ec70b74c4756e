import { describe, expect, test } from 'vitest';
import { infoOf, JPG, PNG, pixelsPlan, TIF, WEBP } from '../../../../test/reference/plan.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { PixelsPlan } from './plan-types.ts';
import type { Adjustment, RenderRequest } from './request.ts';

describe('stages', () => {
  const range = (maximum: number, bands: number) => new Array(bands).fill({ minimum: 0, maximum });
  const kinds = (plan: PixelsPlan) =>
    [...plan.stages, 'resample', ...plan.finish].map((step) => (typeof step === 'string' ? step : step.kind)).join(' ');

  test.each<[string, Partial<ImageInfo>, Partial<RenderRequest>, string]>([
    ['RGB to JPEG', {}, { output: JPG }, 'resample'],
    ['gray to WebP', { bands: 1, color: 'grayscale' }, { output: WEBP }, 'resample select-bands'],
    ['gray with alpha to WebP', { bands: 2 }, { output: WEBP }, 'resample select-bands'],
    ['16-bit', { dtype: 'uint16' }, {}, 'normalize quantize resample'],
    ['16-bit to 16-bit', { dtype: 'uint16' }, { output: { ...PNG, bits: 'native' } }, 'resample'],
    [
      '12-bit to 16-bit',
      { dtype: 'uint16', ranges: range(4095, 3) },
      { output: { ...PNG, bits: 16 } },
      'normalize quantize resample',
    ],
    ['16-bit asked of JPEG', { dtype: 'uint16' }, { output: { ...JPG, bits: 16 } }, 'normalize quantize resample'],
    ['float', { dtype: 'float32' }, {}, 'normalize quantize resample'],
    ['CMYK', { bands: 4, color: 'cmyk', extraSamples: [] }, {}, 'cmyk-to-rgb resample'],
    [
      'CMYK, 12 bits',
      { bands: 4, color: 'cmyk', extraSamples: [], dtype: 'uint16', ranges: range(4095, 4) },
      {},
      'normalize cmyk-to-rgb quantize resample',
    ],
    ['CIELAB', { color: 'cielab' }, {}, 'cielab-to-rgb quantize resample'],
    ['RGBA to PNG', { bands: 4 }, {}, 'resample'],
    ['RGBA to JPEG', { bands: 4 }, { output: JPG }, 'flatten resample'],
    ['premultiplied RGBA to PNG', { bands: 4, extraSamples: ['associated-alpha'] }, {}, 'unpremultiply resample'],
    [
      'premultiplied RGBA, adjusted',
      { bands: 4, extraSamples: ['associated-alpha'] },
      { output: JPG, adjustments: [{ kind: 'invert' }] },
      'normalize unpremultiply invert quantize flatten resample',
    ],
    ['an extra sample that is not alpha', { bands: 4, extraSamples: ['unspecified'] }, {}, 'select-bands resample'],
    [
      'an extra sample that is not alpha, to TIFF',
      { bands: 4, extraSamples: ['unspecified'] },
      { output: TIF },
      'resample',
    ],
    ['many bands', { bands: 7, color: 'multiband' }, {}, 'select-bands resample'],
    [
      'many bands through a matrix',
      { bands: 7, color: 'multiband' },
      { adjustments: [{ kind: 'color-twist', matrix: [[0, 0, 0, 0, 0, 0, 1]] }] },
      'normalize color-twist quantize resample',
    ],
    ['gray of RGB', {}, { quality: 'gray' }, 'resample grayscale'],
    ['gray of RGBA to WebP', { bands: 4 }, { quality: 'gray', output: WEBP }, 'resample grayscale select-bands'],
    ['bitonal', {}, { quality: 'bitonal' }, 'resample grayscale threshold'],
    [
      'color map of gray',
      { bands: 1 },
      { adjustments: [{ kind: 'colormap', name: 'hot' }] },
      'normalize colormap quantize resample',
    ],
    [
      'hillshade of normals',
      {},
      { adjustments: [{ kind: 'hillshade', azimuthDegrees: 90, altitudeDegrees: 30 }] },
      'normalize hillshade quantize resample',
    ],
    ['mirror, then turn', {}, { rotation: { mirror: true, degrees: 90 } }, 'resample mirror turn'],
    ['mirror and half a turn', {}, { rotation: { mirror: true, degrees: 180 } }, 'resample mirror'],
    [
      'any angle with transparent corners',
      {},
      { rotation: { mirror: false, degrees: 22.5 } },
      'resample add-alpha rotate',
    ],
    [
      'gray at any angle to WebP',
      { bands: 1 },
      { rotation: { mirror: false, degrees: 22.5 }, output: WEBP },
      'resample add-alpha rotate select-bands',
    ],
    [
      'signed integers of which some bands are shown',
      { bands: 5, dtype: 'int16', color: 'multiband', extraSamples: [] },
      {},
      'select-bands normalize quantize resample',
    ],
    ['any angle', {}, { rotation: { mirror: false, degrees: 22.5 }, output: JPG }, 'resample rotate'],
    [
      'all adjustments, in one order',
      {},
      {
        adjustments: [
          { kind: 'contrast', gain: 2 },
          { kind: 'convolution', kernel: 'sobel' },
          { kind: 'invert' },
          { kind: 'gamma', exponent: 2 },
          { kind: 'color-twist', matrix: [[1, 0, 0]] },
          { kind: 'colormap', name: 'jet' },
          { kind: 'range', band: 0, minimum: 10, maximum: 20 },
        ],
      },
      'normalize color-twist gamma invert colormap convolution contrast quantize resample',
    ],
  ])('%s', (_name, info, request, expected) => {
    expect(kinds(pixelsPlan(request, infoOf(info)))).toBe(expected);
  });

  test('ranges of a request replace those of the image, band by band', () => {
    const adjustments: Adjustment[] = [
      { kind: 'range', band: 'all', minimum: 1, maximum: 2 },
      { kind: 'range', band: 1, minimum: 3, maximum: 4 },
      { kind: 'range', band: 9, minimum: 5, maximum: 6 },
    ];
    expect(pixelsPlan({ adjustments }, infoOf({ bands: 4 })).stages[0]).toEqual({
      kind: 'normalize',
      ranges: [
        { minimum: 1, maximum: 2 },
        { minimum: 3, maximum: 4 },
        { minimum: 1, maximum: 2 },
        { minimum: 0, maximum: 255 },
      ],
    });
  });

  test('stretching shows what the histogram holds and replaces contrast', () => {
    const histogram = new Uint32Array(256);
    histogram[51] = 1;
    histogram[204] = 1;
    const adjustments: Adjustment[] = [{ kind: 'stretch' }, { kind: 'contrast', gain: 3 }];
    const plan = pixelsPlan({ adjustments }, infoOf({ bands: 1, dtype: 'uint16' }), { histograms: [histogram] });
    expect(plan.stages.map(({ kind }) => kind)).toEqual(['normalize', 'quantize']);
    expect(plan.stages[0]).toEqual({ kind: 'normalize', ranges: [{ minimum: 51 * 257, maximum: 204 * 257 }] });
    expect(() => pixelsPlan({ adjustments })).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  test('layers that are no colors are stretched one by one', () => {
    const between = (first: number, last: number): Uint32Array => {
      const histogram = new Uint32Array(256);
      histogram[first] = histogram[last] = 1;
      return histogram;
    };
    const histograms = [between(0, 51), between(51, 204), between(102, 255), between(0, 255)];
    const info = infoOf({ bands: 4, color: 'multiband', extraSamples: [] });
    const plan = pixelsPlan({ adjustments: [{ kind: 'stretch' }] }, info, { histograms });
    expect(plan.stages[1]).toEqual({
      kind: 'normalize',
      ranges: [
        { minimum: 0, maximum: 51 },
        { minimum: 51, maximum: 204 },
        { minimum: 102, maximum: 255 },
      ],
    });
  });

  test('a histogram gives all tiles one threshold', () => {
    const histogram = new Uint32Array(256);
    histogram.fill(1, 0, 10);
    histogram.fill(1, 200, 210);
    const plan = pixelsPlan({ quality: 'bitonal' }, infoOf(), { histograms: [histogram] });
    const threshold = plan.finish.find((step) => step.kind === 'threshold');
    expect(threshold?.kind === 'threshold' && threshold.value).toBeTypeOf('number');
  });

  test('adjustments leave alpha alone', () => {
    const plan = pixelsPlan({ adjustments: [{ kind: 'invert' }] }, infoOf({ bands: 4 }));
    expect(plan.stages[1]).toEqual({ kind: 'invert', colorBands: 3 });
  });

  test('hillshade of one band takes it for elevations, with cells as large as the level makes them', () => {
    const adjustments: Adjustment[] = [
      { kind: 'hillshade', azimuthDegrees: 315, altitudeDegrees: 45, verticalExaggeration: 3, cellSize: 30 },
      { kind: 'range', band: 'all', minimum: 10, maximum: 20 },
    ];
    const info = infoOf({ bands: 1, dtype: 'int16' });
    const plan = pixelsPlan({ adjustments, size: { kind: 'width', width: 75 } }, info);
    expect(plan.level).toBe(2);
    expect(plan.stages).toEqual([
      {
        kind: 'elevation-hillshade',
        azimuthDegrees: 315,
        altitudeDegrees: 45,
        verticalExaggeration: 3,
        cellSize: 120,
      },
      { kind: 'quantize', bits: 8 },
    ]);
  });

  test('iipsrv compatibility truncates when quantizing', () => {
    const plan = pixelsPlan({ adjustments: [{ kind: 'invert' }] }, infoOf(), { compat: 'iipsrv' });
    expect(plan.stages.at(-1)).toEqual({ kind: 'quantize', bits: 8, truncate: true });
  });
});
