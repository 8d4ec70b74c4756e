import { describe, expect, test } from 'vitest';
import { typescriptKernels } from '../../kernels/typescript-kernels.ts';
import type { SampleArray } from '../../pixels/dtype.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { runStages } from '../run.ts';
import type { CielabToRgbStep } from '../stage-step.ts';

/*
 * L*, a*, b*, then sRGB 0..255 for samples relative to D65, by libvips 8.14:
 *   vips rawload lab.raw lab.v 24 1 3 --format float --interpretation lab; vips colourspace lab.v srgb.v srgb
 * and for samples relative to D50, by Little CMS 2.14, floats clipped to 0..255:
 *   transicc -i*Lab -o*sRGB -t1 -n
 */
const KNOWN: readonly (readonly [number[], number[], number[]])[] = [
  [
    [10, 0, 0],
    [27, 27, 27],
    [27.46, 27.46, 27.46],
  ],
  [
    [10, 40, 20],
    [75, 0, 0],
    [73.49, 0, 0],
  ],
  [
    [10, -30, 35],
    [0, 36, 0],
    [0, 36.52, 0],
  ],
  [
    [10, 15, -50],
    [0, 27, 98],
    [0, 23.81, 98.01],
  ],
  [
    [10, -25, -20],
    [0, 37, 54],
    [0, 36.57, 54.27],
  ],
  [
    [10, 60, -30],
    [80, 0, 70],
    [81.71, 0, 69.85],
  ],
  [
    [35, 0, 0],
    [82, 82, 82],
    [82.29, 82.29, 82.29],
  ],
  [
    [35, 40, 20],
    [144, 50, 53],
    [142.07, 49.66, 53.09],
  ],
  [
    [35, -30, 35],
    [46, 93, 20],
    [39.16, 93.91, 17.52],
  ],
  [
    [35, 15, -50],
    [26, 79, 163],
    [58.38, 76.95, 163.37],
  ],
  [
    [35, -25, -20],
    [0, 94, 114],
    [0, 93.76, 113.56],
  ],
  [
    [35, 60, -30],
    [148, 21, 131],
    [150.96, 10.11, 131.92],
  ],
  [
    [60, 0, 0],
    [145, 145, 145],
    [144.55, 144.55, 144.55],
  ],
  [
    [60, 40, 20],
    [218, 114, 112],
    [214.6, 114.11, 111.86],
  ],
  [
    [60, -30, 35],
    [110, 157, 80],
    [103.67, 158.22, 79.21],
  ],
  [
    [60, 15, -50],
    [110, 141, 233],
    [128.32, 138.4, 233.39],
  ],
  [
    [60, -25, -20],
    [35, 158, 179],
    [56.8, 157.93, 178.93],
  ],
  [
    [60, 60, -30],
    [220, 98, 199],
    [223.48, 94.71, 199.33],
  ],
  [
    [85, 0, 0],
    [212, 212, 212],
    [212.24, 212.24, 212.24],
  ],
  [
    [85, 40, 20],
    [255, 182, 177],
    [255, 181.78, 176.93],
  ],
  [
    [85, -30, 35],
    [178, 226, 145],
    [170.83, 227.41, 143.38],
  ],
  [
    [85, 15, -50],
    [182, 208, 255],
    [198.96, 205.53, 255],
  ],
  [
    [85, -25, -20],
    [121, 227, 249],
    [132.53, 227.03, 249.06],
  ],
  [
    [85, 60, -30],
    [255, 168, 255],
    [255, 165.05, 255],
  ],
];

function convert(data: SampleArray, dtype: PixelBuffer['dtype'], step: Omit<CielabToRgbStep, 'kind'>): number[] {
  const pixels: PixelBuffer = { width: data.length / 3, height: 1, bands: 3, dtype, data };
  return [...runStages(pixels, [{ kind: 'cielab-to-rgb', ...step }], typescriptKernels).data];
}

describe('float CIELAB', () => {
  test.each(KNOWN)('L*a*b* %j relative to D65 agrees with libvips', (lab, d65) => {
    const rgb = convert(Float32Array.from(lab), 'float32', { encoding: 'cielab', bits: 32, white: 'd65' });
    rgb.forEach((v, band) => {
      expect(Math.abs(v * 255 - d65[band]!)).toBeLessThan(1);
    });
  });

  test.each(KNOWN)('L*a*b* %j relative to D50, the default, agrees with Little CMS', (lab, _d65, d50) => {
    const rgb = convert(Float32Array.from(lab), 'float32', { encoding: 'cielab', bits: 32 });
    rgb.forEach((v, band) => {
      expect(Math.abs(v * 255 - d50[band]!)).toBeLessThan(0.5);
    });
  });
});

describe('stored CIELAB', () => {
  const color = [60, 40, -30];
  const expected = convert(Float32Array.from(color), 'float32', { encoding: 'cielab', bits: 32 });
  const cases = {
    'CIELab 8 bit': [Uint8Array.of(153, 40, 256 - 30), 'uint8', 'cielab', 8],
    'CIELab 8 bit as signed samples': [Int8Array.of(153 - 256, 40, -30), 'int8', 'cielab', 8],
    'CIELab 16 bit': [Uint16Array.of(39321, 40 * 256, 65536 - 30 * 256), 'uint16', 'cielab', 16],
    'CIELab 32 bit': [Uint32Array.of(2576980377, 40 * 2 ** 24, 2 ** 32 - 30 * 2 ** 24), 'uint32', 'cielab', 32],
    'ICCLab 8 bit': [Uint8Array.of(153, 168, 98), 'uint8', 'icclab', 8],
    'ICCLab 16 bit': [Uint16Array.of(39168, 168 * 256, 98 * 256), 'uint16', 'icclab', 16],
  } as const;

  test.each(Object.entries(cases))('%s holds L*a*b* 60 40 -30', (_name, [data, dtype, encoding, bits]) => {
    const rgb = convert(data, dtype, { encoding, bits });
    rgb.forEach((v, band) => {
      expect(v).toBeCloseTo(expected[band]!, 5);
    });
  });

  test('16-bit a* and b* keep their fraction', () => {
    const [whole] = convert(Uint16Array.of(39321, 40 * 256, 0), 'uint16', { encoding: 'cielab', bits: 16 });
    const [half] = convert(Uint16Array.of(39321, 40 * 256 + 128, 0), 'uint16', { encoding: 'cielab', bits: 16 });
    expect(half! - whole!).toBeGreaterThan(0.001);
  });

  test('bands after b* pass through unscaled', () => {
    const pixels: PixelBuffer = { width: 1, height: 1, bands: 4, dtype: 'uint8', data: Uint8Array.of(255, 0, 0, 77) };
    const { data } = runStages(pixels, [{ kind: 'cielab-to-rgb', encoding: 'cielab', bits: 8 }], typescriptKernels);
    expect(data[0]).toBeCloseTo(1, 4);
    expect(data[3]).toBe(77);
  });
});
