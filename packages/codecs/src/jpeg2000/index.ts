import type { ImageDecoder } from '@sectile/core/codec';
import { wasmModule } from '../wasm/wasm-module.ts';

/** Bytes of decoded code-blocks that a decoder keeps where it has no memory to share: some 8000 blocks of 64 x 64. */
const OWN_BLOCK_BYTES = 2 ** 26;

/** Loads the JPEG 2000 decoder. */
export async function jpeg2000Decoder(blockMemory?: ArrayBufferLike): Promise<ImageDecoder> {
  const [{ createJpeg2000Decoder }, module] = await Promise.all([import('./decode.ts'), wasmModule('jpeg2000')]);
  return createJpeg2000Decoder(module, { blockMemory: blockMemory ?? new ArrayBuffer(OWN_BLOCK_BYTES) });
}
