import { readFileSync } from 'node:fs';
import { typescriptKernels, type UnsignedSamples } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import { describe, expect, test } from 'vitest';
import { describeKernels, noise } from '../../../../test/contracts/kernels.ts';
import { createWasmKernels } from './wasm-kernels.ts';

const module = new WebAssembly.Module(readFileSync(new URL('../../wasm/pixels.wasm', import.meta.url)));
const kernels = createWasmKernels(module);

describeKernels('wasm', () => kernels);

/** Equality for pictures that `toEqual` takes long over. */
function expectSame(actual: PixelBuffer, expected: PixelBuffer): void {
  expect({ ...actual, data: actual.data.length }).toEqual({ ...expected, data: expected.data.length });
  expect(actual.data.every((value, i) => value === expected.data[i])).toBe(true);
}

describe('the WebAssembly kernels and their TypeScript twins', () => {
  test.each(['uint8', 'uint16'] as const)('agree on every box mean of %s, ties included', (dtype) => {
    for (const shrink of [2, 3, 5, 7, 64, 128, 181, 182]) {
      for (const bands of [1, 3, 4]) {
        const input = noise({ width: 200, height: 190, bands, dtype }, shrink);
        expectSame(kernels.boxShrink(input, shrink), typescriptKernels.boxShrink(input, shrink));
      }
    }
  });

  test('agree on means of extreme samples', () => {
    for (const [dtype, data] of [
      ['uint8', new Uint8Array(181 * 181).fill(255)],
      ['uint16', new Uint16Array(181 * 181).fill(65535)],
    ] as const) {
      const input: PixelBuffer = { width: 181, height: 181, bands: 1, dtype, data };
      for (const shrink of [100, 128, 181]) {
        expectSame(kernels.boxShrink(input, shrink), typescriptKernels.boxShrink(input, shrink));
      }
    }
  });

  test('agree on pictures that take several parts', () => {
    const input = noise({ width: 1500, height: 1100, bands: 3, dtype: 'uint8' }, 5);
    expectSame(kernels.boxShrink(input, 4), typescriptKernels.boxShrink(input, 4));
    const lut = Uint8Array.from({ length: 768 }, (_, i) => (i * 7) & 255);
    expectSame(kernels.applyLut(input, lut), typescriptKernels.applyLut(input, lut));
    const step = {
      source: { x: 100, y: 31, width: 1211, height: 1000 },
      size: { width: 200, height: 170 },
      kernel: 'lanczos3',
      premultiply: false,
    } as const;
    const [actual, expected] = [kernels.resample(input, step), typescriptKernels.resample(input, step)];
    expect(actual.data.every((value, i) => Math.abs(value - expected.data[i]!) <= 1)).toBe(true);
    for (const dtype of ['uint8', 'uint16', 'uint32'] as const) {
      const rows = noise({ width: 1500, height: 1100, bands: 3, dtype }, 5).data as UnsignedSamples;
      const twin = rows.slice();
      kernels.undoDifferencing(rows, 4500, 3);
      typescriptKernels.undoDifferencing(twin, 4500, 3);
      expect(rows.every((sample, i) => sample === twin[i])).toBe(true);
    }
  });

  test('keep flat pictures flat', () => {
    for (const kernel of ['area', 'bilinear', 'lanczos3'] as const) {
      for (const size of [7, 50, 333]) {
        const data = new Uint8Array(100 * 100 * 3).fill(255);
        const step = { source: { x: 0, y: 0, width: 100, height: 100 }, size: { width: size, height: size } };
        const output = kernels.resample(
          { width: 100, height: 100, bands: 3, dtype: 'uint8', data },
          { ...step, kernel, premultiply: false },
        );
        expect(output.data.every((value) => value === 255)).toBe(true);
      }
    }
  });

  test('refuse the same tables', () => {
    const input = noise({ width: 2, height: 2, bands: 3, dtype: 'uint8' });
    expect(() => kernels.applyLut(input, new Uint8Array(255))).toThrow(/lookup table/);
    const signed = noise({ width: 2, height: 2, bands: 1, dtype: 'int16' });
    expect(() => kernels.applyLut(signed, new Uint8Array(256))).toThrow(/lookup table/);
  });
});
