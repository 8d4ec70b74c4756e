import { hasSimd } from '../wasm/simd.ts';
import { wasmModule } from '../wasm/wasm-module.ts';
import { createKernelInflate } from './kernel-inflate.ts';
import { pakoZlib } from './pako.ts';
import type { Zlib } from './zlib.ts';

/** Runtimes without `node:zlib`: a kernel inflates, several times as fast as JavaScript. */
export async function loadZlib(): Promise<Zlib> {
  return hasSimd() ? { ...pakoZlib, inflate: createKernelInflate(await wasmModule('inflate')) } : pakoZlib;
}
