import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { createWasmKernels } from '../../packages/codecs/src/kernels/wasm-kernels.ts';
import type { Kernels } from '../../packages/core/src/kernels/kernels.ts';
import { typescriptKernels } from '../../packages/core/src/kernels/typescript-kernels.ts';
import { allocateSamples } from '../../packages/core/src/pixels/dtype.ts';
import type { PixelBuffer } from '../../packages/core/src/pixels/pixel-buffer.ts';
import { runStages } from '../../packages/core/src/processing/run.ts';
import { shapeOf } from '../../packages/core/src/processing/stage.ts';
import type { StageStep } from '../../packages/core/src/processing/stage-step.ts';
import { shapeAfter } from '../../packages/core/src/processing/stage-table.ts';
import { type Picture, referenceStages } from './stages.ts';

/** Sample types, as the naive executor knows them, and what noise of them spans. */
export const INPUTS = {
  uint8: { kind: 'uint8', minimum: 0, maximum: 255 },
  int8: { kind: 'int8', minimum: -128, maximum: 127 },
  uint16: { kind: 'uint16', minimum: 0, maximum: 65535 },
  int16: { kind: 'int16', minimum: -32768, maximum: 32767 },
  uint32: { kind: 'uint32', minimum: 0, maximum: 4294967295 },
  int32: { kind: 'int32', minimum: -2147483648, maximum: 2147483647 },
  float32: { kind: 'float', minimum: -2, maximum: 3 },
  float64: { kind: 'float', minimum: -2, maximum: 3 },
} as const;
export type Input = keyof typeof INPUTS;
export const DTYPES = Object.keys(INPUTS) as Input[];

/** Every stage has to give the same, whichever twin of the kernels it calls. */
const wasmModule = new WebAssembly.Module(
  readFileSync(new URL('../../packages/codecs/wasm/pixels.wasm', import.meta.url)),
);
export const KERNELS: readonly Kernels[] = [typescriptKernels, createWasmKernels(wasmModule)];

/** Pseudo-random samples over the whole range of the type. */
export function noise(
  dtype: Input,
  { width, height, bands }: { width: number; height: number; bands: number },
  seed: number,
): PixelBuffer {
  const { minimum, maximum } = INPUTS[dtype];
  const data = allocateSamples(dtype, width * height * bands);
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const v = minimum + (state / 4294967295) * (maximum - minimum);
    data[i] = dtype.startsWith('float') ? v : Math.round(v);
  }
  return { width, height, bands, dtype, data };
}

/** The same pixels for the naive executor. */
export function pictureOf({ width, height, bands, dtype, data }: PixelBuffer): Picture {
  const pixels = Array.from({ length: width * height }, (_, i) => Array.from(data.slice(i * bands, (i + 1) * bands)));
  return { width, height, pixels, kind: INPUTS[dtype].kind };
}

/** Runs the steps with every twin and holds each answer to the naive one: half a step, and what single precision adds. */
export function expectAsReference(pixels: PixelBuffer, steps: readonly StageStep[], slack: number): void {
  const expected = referenceStages(pictureOf(pixels), steps, { exact: true }).pixels.flat();
  for (const kernels of KERNELS) {
    const actual = runStages(pixels, steps, kernels);
    expect(shapeOf(actual)).toEqual(shapeAfter(steps, shapeOf(pixels)));
    expect(actual.data.length).toBe(expected.length);
    let worst = 0;
    for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual.data[i]! - expected[i]!));
    expect(worst, `largest difference with ${kernels.name} kernels`).toBeLessThanOrEqual(0.5 + slack);
  }
}
