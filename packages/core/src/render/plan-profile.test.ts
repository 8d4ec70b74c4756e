import { describe, expect, test } from 'vitest';
import { infoOf, pixelsPlan } from '../../../../test/reference/plan.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import { canonicalKey } from './canonical.ts';

const text = (characters: string): number[] => Array.from(characters, (character) => character.charCodeAt(0));
const u32 = (...values: number[]): number[] =>
  values.flatMap((v) => [v >>> 24, (v >> 16) & 255, (v >> 8) & 255, v & 255]);
const s15Fixed16 = (...values: number[]): number[] => u32(...values.map((v) => Math.round(v * 65536)));

/** A matrix profile (ICC.1:2022, 9.3) of three colorants, D50, and one gamma for all curves. */
function matrixProfile(colorants: readonly (readonly number[])[], gamma: number): Uint8Array {
  const names = ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'];
  const values = [
    ...colorants.map((xyz) => [...text('XYZ '), ...u32(0), ...s15Fixed16(...xyz)]),
    ...[0, 1, 2].map(() => [...text('para'), ...u32(0), ...u32(0), ...s15Fixed16(gamma)]),
  ];
  let at = 128 + 4 + names.length * 12;
  const table = names.flatMap((name, i) => {
    const entry = [...text(name), ...u32(at, values[i]!.length)];
    at += values[i]!.length;
    return entry;
  });
  const header = new Array<number>(128).fill(0);
  header.splice(0, 4, ...u32(at));
  header.splice(8, 4, 4, 0x40, 0, 0);
  header.splice(12, 12, ...text('mntrRGB XYZ '));
  header.splice(36, 4, ...text('acsp'));
  return Uint8Array.from([...header, ...u32(names.length), ...table, ...values.flat()]);
}

// Adobe RGB (1998), adapted to D50.
const WIDE = matrixProfile(
  [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  2.19921875,
);

const withProfile = (icc: Uint8Array, changes: Partial<ImageInfo> = {}): ImageInfo =>
  infoOf({ ...changes, metadata: { text: {}, orientation: 1, icc } });

describe('profiles', () => {
  const kinds = (info: ImageInfo) => pixelsPlan({}, info, { profiles: 'srgb' }).stages.map(({ kind }) => kind);

  test('are embedded unless conversion is asked for', () => {
    const plan = pixelsPlan({}, withProfile(WIDE));
    expect(plan.stages).toEqual([]);
    expect(plan.output.options.metadata?.icc).toBe(WIDE);
  });

  test('of curves and a matrix are converted to sRGB and left out', () => {
    const plan = pixelsPlan({}, withProfile(WIDE), { profiles: 'srgb' });
    expect(plan.stages.map(({ kind }) => kind)).toEqual(['normalize', 'icc-to-rgb', 'quantize']);
    expect(plan.output.options.metadata).toBeUndefined();
  });

  test('are undone before anything is adjusted, on colors without alpha in them', () => {
    const info = withProfile(WIDE, { bands: 4, extraSamples: ['associated-alpha'] });
    const plan = pixelsPlan({ adjustments: [{ kind: 'invert' }] }, info, { profiles: 'srgb' });
    const order = ['normalize', 'unpremultiply', 'icc-to-rgb', 'invert', 'quantize'];
    expect(plan.stages.map(({ kind }) => kind)).toEqual(order);
  });

  test('that are broken, or for other colors than the image has, change nothing', () => {
    expect(kinds(withProfile(WIDE.slice(0, 140)))).toEqual([]);
    expect(kinds(withProfile(WIDE, { bands: 1, color: 'grayscale' }))).toEqual([]);
  });

  test('keep cache keys short', () => {
    const key = (profiles: 'embed' | 'srgb') => canonicalKey(pixelsPlan({}, withProfile(WIDE), { profiles }));
    expect(key('srgb')).not.toBe(key('embed'));
    expect(key('srgb').length).toBeLessThan(800);
  });
});
