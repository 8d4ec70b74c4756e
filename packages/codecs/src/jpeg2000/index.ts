import type { ImageDecoder } from '@sectile/core/codec';
import { wasmModule } from '../wasm/wasm-module.ts';

/** Loads the JPEG 2000 decoder. */
export async function jpeg2000Decoder(): Promise<ImageDecoder> {
  const [{ createJpeg2000Decoder }, module] = await Promise.all([import('./decode.ts'), wasmModule('jpeg2000')]);
  return createJpeg2000Decoder(module);
}
