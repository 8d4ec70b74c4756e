import { describe, expect, test } from 'vitest';
import {
  ascii,
  curve,
  gamma,
  parametric,
  iccProfile as profile,
  text,
  u32,
  unicode,
  xyz,
} from '../../../../test/fixtures/icc-profile.ts';
import { isImageError } from '../errors.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import { runStages } from '../processing/run.ts';
import { conversionBands, iccConversion, isProfileOf } from './icc-conversion.ts';
import { parseIccProfile } from './icc-profile.ts';

const SRGB_CURVE = parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]);
const WHITE = xyz(0.9642, 1, 0.8249);
const WIDE = profile('RGB ', 2, {
  desc: text('A wide gamut'),
  wtpt: WHITE,
  rXYZ: xyz(0.60974, 0.31111, 0.01947),
  gXYZ: xyz(0.20528, 0.62567, 0.06087),
  bXYZ: xyz(0.14919, 0.06322, 0.74457),
  rTRC: gamma(2.19921875),
  gTRC: gamma(2.19921875),
  bTRC: gamma(2.19921875),
});
const DISPLAY = profile('RGB ', 4, {
  desc: unicode('A display'),
  wtpt: WHITE,
  rXYZ: xyz(0.51512, 0.2412, -0.00105),
  gXYZ: xyz(0.29198, 0.69225, 0.04189),
  bXYZ: xyz(0.1571, 0.06657, 0.78407),
  rTRC: SRGB_CURVE,
  gTRC: SRGB_CURVE,
  bTRC: SRGB_CURVE,
});
const STANDARD = profile('RGB ', 4, {
  desc: unicode('Standard'),
  wtpt: WHITE,
  rXYZ: xyz(0.43607, 0.22249, 0.01392),
  gXYZ: xyz(0.38515, 0.71687, 0.09708),
  bXYZ: xyz(0.14307, 0.06061, 0.7141),
  rTRC: SRGB_CURVE,
  gTRC: SRGB_CURVE,
  bTRC: SRGB_CURVE,
});
const GRAY = profile('GRAY', 2, {
  desc: text('Gray'),
  wtpt: WHITE,
  kTRC: curve(Array.from({ length: 1024 }, (_, i) => (i / 1023) ** 1.8)),
});

function toSrgb(bytes: Uint8Array, samples: readonly number[]): number[] {
  const conversion = iccConversion(parseIccProfile(bytes));
  if (conversion === undefined) throw new Error('The profile has no conversion');
  const bands = conversionBands(conversion);
  const data = Float32Array.from(samples, (v) => v / 255);
  const pixels = { width: samples.length / bands, height: 1, bands, dtype: 'float32', data } as const;
  return Array.from(runStages(pixels, [{ kind: 'icc-to-rgb', conversion }], typescriptKernels).data, (v) => v * 255);
}

describe('a profile', () => {
  test('says what it is', () => {
    expect(parseIccProfile(WIDE)).toMatchObject({
      version: { major: 2, minor: 0 },
      deviceClass: 'mntr',
      colorSpace: 'RGB',
      connectionSpace: 'XYZ',
      renderingIntent: 'relative',
      description: 'A wide gamut',
    });
    expect(parseIccProfile(DISPLAY).description).toBe('A display');
    expect(parseIccProfile(GRAY).colorSpace).toBe('GRAY');
    expect(parseIccProfile(GRAY).whitePoint?.[2]).toBeCloseTo(0.8249, 4);
  });

  // Little CMS 2.14: transicc -i<profile> -o*sRGB -t1 -n, clipped to 0..255.
  test.each<[string, Uint8Array, number[], number[]]>([
    ['wide', WIDE, [128, 128, 128], [129.03, 129.03, 129.03]],
    ['wide', WIDE, [200, 80, 60], [229.63, 78.97, 56.28]],
    ['wide', WIDE, [60, 160, 90], [0.0, 161.49, 84.69]],
    ['wide', WIDE, [30, 40, 120], [17.57, 35.25, 122.99]],
    ['wide', WIDE, [250, 240, 180], [253.89, 240.46, 178.37]],
    ['wide', WIDE, [10, 12, 14], [2.14, 3.97, 5.64]],
    ['display', DISPLAY, [128, 128, 128], [128.0, 128.0, 128.0]],
    ['display', DISPLAY, [200, 80, 60], [216.39, 68.88, 50.07]],
    ['display', DISPLAY, [60, 160, 90], [0.0, 162.63, 81.71]],
    ['display', DISPLAY, [5, 3, 4], [5.45, 2.92, 4.06]],
    ['display', DISPLAY, [230, 240, 250], [227.67, 240.41, 251.13]],
    ['standard', STANDARD, [128, 128, 128], [128.01, 127.99, 128.02]],
    ['standard', STANDARD, [200, 80, 60], [200.01, 79.99, 60.01]],
    ['standard', STANDARD, [3, 160, 250], [3.11, 159.99, 250.03]],
    ['gray', GRAY, [5], [2.77, 2.77, 2.77]],
    ['gray', GRAY, [64], [81.37, 81.37, 81.37]],
    ['gray', GRAY, [128], [146.41, 146.41, 146.41]],
    ['gray', GRAY, [220], [226.8, 226.8, 226.8]],
  ])('%s converts %j as Little CMS does', (_name, bytes, samples, expected) => {
    toSrgb(bytes, samples).forEach((v, band) => {
      expect(Math.abs(v - expected[band]!)).toBeLessThan(0.5);
    });
  });

  test('is recognized as sRGB by what it does', () => {
    const srgbOf = (bytes: Uint8Array): boolean | undefined => {
      const conversion = iccConversion(parseIccProfile(bytes));
      return conversion && isProfileOf('srgb', conversion);
    };
    expect(srgbOf(STANDARD)).toBe(true);
    expect(srgbOf(DISPLAY)).toBe(false);
    expect(srgbOf(WIDE)).toBe(false);
    expect(srgbOf(GRAY)).toBe(false);
  });

  test('without curves has no conversion', () => {
    expect(iccConversion(parseIccProfile(profile('CMYK', 2, { desc: text('Press') })))).toBeUndefined();
  });
});

describe('hostile bytes', () => {
  test('end in an error of kind malformed, wherever they are cut', () => {
    for (const bytes of [WIDE, DISPLAY, GRAY]) {
      for (let length = 0; length < bytes.length - 3; length += 7) {
        expect(malformed(bytes.subarray(0, length))).toBe(true);
      }
    }
  });

  test('do not make it read or allocate beyond them', () => {
    const many = WIDE.slice();
    many.set(u32(0xffffffff), 128);
    expect(malformed(many)).toBe(true);
    const far = WIDE.slice();
    far.set(u32(0xfffffff0), 136);
    expect(malformed(far)).toBe(true);
    const long = profile('GRAY', 2, { kTRC: [...ascii('curv'), ...u32(0), ...u32(0x7fffffff)] });
    expect(malformed(long)).toBe(true);
    expect(malformed(profile('GRAY', 4, { kTRC: parametric(9, [1]) }))).toBe(true);
  });
});

function malformed(bytes: Uint8Array): boolean {
  try {
    parseIccProfile(bytes);
    return false;
  } catch (error) {
    return isImageError(error, 'malformed');
  }
}
