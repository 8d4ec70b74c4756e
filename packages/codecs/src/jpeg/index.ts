import type { ImageEncoder } from '@sectile/core/codec';
import { wasmModule } from '../wasm/wasm-module.ts';
import { createJpegEncoder } from './encode.ts';

/** Loads the JPEG encoder. */
export async function jpegEncoder(): Promise<ImageEncoder> {
  return createJpegEncoder(await wasmModule('jpeg-encode'));
}
