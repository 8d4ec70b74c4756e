import type { CodecRegistry } from '@sectile/core/codec';
import { deflateDecoder } from './deflate/decode.ts';
import { lzwDecoder } from './lzw/decode.ts';
import { noneDecoder } from './none/decode.ts';
import { packbitsDecoder } from './packbits/decode.ts';
import { pngEncoder } from './png/encode.ts';
import { createCodecRegistry } from './registry.ts';

/** Every codec of this package. Small ones are there at once, WebAssembly is loaded when first asked for. */
export function defaultCodecs(): CodecRegistry {
  return createCodecRegistry({
    decoders: {
      none: () => noneDecoder,
      packbits: () => packbitsDecoder,
      lzw: () => lzwDecoder,
      deflate: () => deflateDecoder,
    },
    encoders: {
      png: () => pngEncoder,
    },
  });
}
