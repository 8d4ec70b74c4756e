import { describe, expect, test } from 'vitest';
import { typescriptKernels } from '../../kernels/typescript-kernels.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { runStages } from '../run.ts';
import type { WatermarkStep } from '../stage-step.ts';

const OVERLAY = { id: 'square', width: 2, height: 2, data: new Uint8Array(16).fill(255) };
const STEP: WatermarkStep = {
  kind: 'watermark',
  overlay: OVERLAY,
  opacity: 1,
  probability: 1,
  blockSide: 512,
  seed: 1,
};

function plain(width: number, height: number, pixel: readonly number[]): PixelBuffer {
  const data = Uint8Array.from({ length: width * height * pixel.length }, (_, i) => pixel[i % pixel.length]!);
  return { width, height, bands: pixel.length, dtype: 'uint8', data };
}

function marked(pixels: PixelBuffer, step: Partial<WatermarkStep> = {}): PixelBuffer {
  return runStages(pixels, [{ ...STEP, ...step }], typescriptKernels);
}

function changedPixels(pixels: PixelBuffer, background: number): number[] {
  const changed: number[] = [];
  for (let i = 0; i < pixels.data.length; i += pixels.bands) {
    if (pixels.data[i] !== background) changed.push(i / pixels.bands);
  }
  return changed;
}

describe('watermark', () => {
  test('covers its own size once in a block, at a place that the seed decides', () => {
    const pixels = plain(20, 10, [40, 40, 40]);
    const places = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const output = marked(pixels, { seed });
      expect(output).toEqual(marked(pixels, { seed }));
      const changed = changedPixels(output, 40);
      const first = changed[0]!;
      expect(changed).toEqual([first, first + 1, first + 20, first + 21]);
      places.add(first);
    }
    expect(places.size).toBeGreaterThan(10);
  });

  test('blends by alpha times opacity', () => {
    const data = Uint8Array.of(250, 150, 50, 128);
    const overlay = { id: 'one', width: 1, height: 1, data };
    const output = marked(plain(1, 1, [50, 100, 150]), { overlay, opacity: 0.5 });
    const cover = (128 / 255) * 0.5;
    const expected = [50 + 200 * cover, 100 + 50 * cover, 150 - 100 * cover].map(Math.round);
    expect([...output.data]).toEqual(expected);
  });

  test('makes transparent pixels as opaque as itself, in its own color', () => {
    const overlay = { id: 'one', width: 1, height: 1, data: Uint8Array.of(10, 200, 30, 102) };
    expect([...marked(plain(1, 1, [255, 255, 255, 0]), { overlay }).data]).toEqual([10, 200, 30, 102]);
  });

  test('shows its brightness on gray pictures and scales to 16 bits', () => {
    const overlay = { id: 'one', width: 1, height: 1, data: Uint8Array.of(255, 0, 0, 255) };
    expect([...marked(plain(1, 1, [0]), { overlay }).data]).toEqual([76]);
    const deep: PixelBuffer = { width: 1, height: 1, bands: 3, dtype: 'uint16', data: Uint16Array.of(1, 2, 3) };
    expect([...marked(deep, { overlay }).data]).toEqual([65535, 0, 0]);
  });

  test('draws each block by itself', () => {
    const pixels = plain(64, 64, [0]);
    expect(changedPixels(marked(pixels, { blockSide: 16 }), 0)).toHaveLength(16 * 4);
    expect(changedPixels(marked(pixels, { blockSide: 16, probability: 0 }), 0)).toHaveLength(0);
    const some = changedPixels(marked(pixels, { blockSide: 4, probability: 0.5 }), 0).length / 4;
    expect(some).toBeGreaterThan(80);
    expect(some).toBeLessThan(176);
  });

  test('is cut where it is larger than the picture', () => {
    const overlay = { id: 'large', width: 9, height: 9, data: new Uint8Array(324).fill(255) };
    expect([...marked(plain(2, 2, [0]), { overlay }).data]).toEqual([255, 255, 255, 255]);
  });
});
