import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typescriptKernels } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { ResampleKernel } from '@sectile/core/render';
import { afterAll, describe, expect, test } from 'vitest';
import { HAS_VIPS, vipsTruth } from './vips-truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'sectile-resample-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Slow waves in red, faster ones in green, edges in blue; nothing that would ring beyond 0 or 255. */
function waves(width: number, height: number): PixelBuffer {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[i++] = 127 + 90 * Math.sin(x / 17 + y / 23);
      data[i++] = 127 + 90 * Math.sin((x * y) / 150);
      data[i++] = ((x >> 3) + (y >> 2)) % 2 === 0 ? 80 : 170;
    }
  }
  return { width, height, bands: 3, dtype: 'uint8', data };
}

const input = waves(123, 77);
const file = join(folder, 'waves.ppm');
writeFileSync(
  file,
  Buffer.concat([Buffer.from(`P6\n${input.width} ${input.height}\n255\n`), input.data as Uint8Array]),
);

function byVips(operation: readonly string[]): PixelBuffer {
  const output = join(folder, 'output.v');
  const [name = '', ...rest] = operation;
  execFileSync('vips', [name, file, output, ...rest], { stdio: 'ignore' });
  const truth = vipsTruth(output);
  if (truth === undefined) throw new Error('vips made nothing');
  return truth;
}

/** Largest difference away from the edges, where libvips extends the picture in its own way. */
function largestDifference(actual: PixelBuffer, expected: PixelBuffer, margin: number): number {
  let largest = 0;
  for (let y = margin; y < expected.height - margin; y++) {
    for (let i = (y * expected.width + margin) * 3; i < ((y + 1) * expected.width - margin) * 3; i++) {
      largest = Math.max(largest, Math.abs(actual.data[i]! - expected.data[i]!));
    }
  }
  return largest;
}

describe.skipIf(!HAS_VIPS)('reducing agrees with libvips', () => {
  // Factors whose phases libvips has exactly: it rounds positions to 1/64 of a pixel, and weights and the picture
  // between both axes to integers.
  test.each<[ResampleKernel, string]>([
    ['bilinear', 'linear'],
    ['lanczos3', 'lanczos3'],
  ])('%s', (kernel, name) => {
    const size = { width: 82, height: 44 };
    const expected = byVips(['reduce', '1.5', '1.75', '--kernel', name]);
    const source = { x: 0, y: 0, width: input.width, height: input.height };
    const actual = typescriptKernels.resample(input, { source, size, kernel, premultiply: false });
    expect(expected).toMatchObject(size);
    expect(largestDifference(actual, expected, 5)).toBeLessThanOrEqual(3);
  });

  test.each([2, 3, 7])('boxes of %i pixels', (shrink) => {
    const expected = byVips(['shrink', `${shrink}`, `${shrink}`, '--ceil']);
    const actual = typescriptKernels.boxShrink(input, shrink);
    expect(actual).toMatchObject({ width: expected.width, height: expected.height });
    expect(largestDifference(actual, expected, 1)).toBeLessThanOrEqual(1);
  });
});
