import type { ImageDecoder, ImageEncoder } from '@sectile/core/codec';
import { wasmModule } from '../wasm/wasm-module.ts';

/** Loads the JPEG decoder. */
export async function jpegDecoder(): Promise<ImageDecoder> {
  const [{ createJpegDecoder }, module] = await Promise.all([import('./decode.ts'), wasmModule('jpeg-decode')]);
  return createJpegDecoder(module);
}

/** Loads the JPEG encoder. */
export async function jpegEncoder(): Promise<ImageEncoder> {
  const [{ createJpegEncoder }, module] = await Promise.all([import('./encode.ts'), wasmModule('jpeg-encode')]);
  return createJpegEncoder(module);
}
