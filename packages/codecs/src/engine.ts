import { DEFAULT_LIMITS, type Limits } from '@sectile/core';
import { type Kernels, typescriptKernels } from '@sectile/core/codec';
import type { Engine } from '@sectile/core/render';
import { type DefaultCodecsOptions, defaultCodecs } from './default-codecs.ts';
import { createWasmKernels } from './kernels/wasm-kernels.ts';
import { hasSimd } from './wasm/simd.ts';
import { wasmModule } from './wasm/wasm-module.ts';

/** Settings of {@link createEngine}. */
export interface EngineOptions extends DefaultCodecsOptions {
  /** Default {@link DEFAULT_LIMITS}. */
  readonly limits?: Limits | undefined;
}

/** Everything that turns bytes into pictures: all codecs of this package, and the fastest kernels that run here. */
export async function createEngine({ limits = DEFAULT_LIMITS, ...codecs }: EngineOptions = {}): Promise<Engine> {
  return { codecs: defaultCodecs(codecs), kernels: await fastestKernels(), limits };
}

async function fastestKernels(): Promise<Kernels> {
  return hasSimd() ? createWasmKernels(await wasmModule('pixels')) : typescriptKernels;
}
