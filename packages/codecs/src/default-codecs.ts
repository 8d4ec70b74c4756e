import type { CodecRegistry, Decoder, ImageEncoder } from '@sectile/core/codec';
import { loadZlib } from '#zlib';
import { createDeflateDecoder } from './deflate/decode.ts';
import type { Zlib } from './deflate/zlib.ts';
import { createLzwDecoder } from './lzw/decode.ts';
import { noneDecoder } from './none/decode.ts';
import { packbitsDecoder } from './packbits/decode.ts';
import { createPngDecoder } from './png/decode.ts';
import { createPngEncoder } from './png/encode.ts';
import { createKernelCompression } from './png/kernel-compress.ts';
import { createCodecRegistry } from './registry.ts';
import type { WasmName } from './wasm/names.ts';
import { hasSimd } from './wasm/simd.ts';
import { type CompiledModules, provideModules, wasmModule } from './wasm/wasm-module.ts';

/** Settings of {@link defaultCodecs}. */
export interface DefaultCodecsOptions {
  /** WebAssembly modules that are compiled already; others are loaded when needed. */
  readonly modules?: CompiledModules | undefined;
  /**
   * Memory shared between threads, all zeros at first, for decoded JPEG 2000 code-blocks, and segments of windows that
   * overlap. Default: some of its own.
   */
  readonly blockMemory?: SharedArrayBuffer | undefined;
}

/** Every codec of this package. Small ones are there at once, WebAssembly is loaded when first asked for. */
export function defaultCodecs({ modules = {}, blockMemory }: DefaultCodecsOptions = {}): CodecRegistry {
  provideModules(modules);
  return createCodecRegistry({
    decoders: {
      jpeg: async () => (await import('./jpeg/index.ts')).jpegDecoder(),
      png: () => withZlib(createPngDecoder),
      none: () => noneDecoder,
      packbits: () => packbitsDecoder,
      lzw: async () => createLzwDecoder(hasSimd() ? await wasmModule('lzw-decode') : undefined),
      deflate: () => withZlib(createDeflateDecoder),
      webp: () => withModule('webp-decode', import('./webp/decode.ts'), (codec) => codec.createWebpDecoder),
      avif: () => withModule('avif-decode', import('./avif/decode.ts'), (codec) => codec.createAvifDecoder),
      zstd: () => withModule('zstd-decode', import('./zstd/decode.ts'), (codec) => codec.createZstdDecoder),
      lzma: async () => (await import('./lzma/decode.ts')).lzmaDecoder,
      jpeg2000: async () => (await import('./jpeg2000/index.ts')).jpeg2000Decoder(blockMemory),
      'tiff-rare': async () => (await import('./tiff-rare/decode.ts')).rareTiffDecoder,
    },
    encoders: {
      jpg: loadJpegEncoder,
      'jpg-optimized': () =>
        withModule('jpeg-optimize', import('./jpeg/optimize.ts'), (codec) => codec.createOptimizedJpegEncoder),
      png: loadPngEncoder,
      webp: loadWebpEncoder,
      avif: () => withModule('avif-encode', import('./avif/encode.ts'), (codec) => codec.createAvifEncoder),
      tif: async () => (await import('./tiff/encode.ts')).tiffEncoder({ jpeg: loadJpegEncoder, webp: loadWebpEncoder }),
    },
  });
}

/** At once where the runtime has zlib. */
function withZlib<Codec>(create: (zlib: Zlib) => Codec): Codec | Promise<Codec> {
  const zlib = loadZlib();
  return zlib instanceof Promise ? zlib.then(create) : create(zlib);
}

async function loadPngEncoder(): Promise<ImageEncoder> {
  const [zlib, wasm] = await Promise.all([loadZlib(), hasSimd() ? wasmModule('png-encode') : undefined]);
  return createPngEncoder({ zlib, fast: wasm && createKernelCompression(wasm) });
}

async function loadJpegEncoder(): Promise<ImageEncoder> {
  return (await import('./jpeg/index.ts')).jpegEncoder();
}

function loadWebpEncoder(): Promise<ImageEncoder> {
  return withModule('webp-encode', import('./webp/encode.ts'), (codec) => codec.createWebpEncoder);
}

/** Loads script and WebAssembly of a codec side by side. */
async function withModule<Script, Codec extends Decoder | ImageEncoder>(
  name: WasmName,
  script: Promise<Script>,
  pick: (script: Script) => (wasm: WebAssembly.Module) => Codec,
): Promise<Codec> {
  const [loaded, wasm] = await Promise.all([script, wasmModule(name)]);
  return pick(loaded)(wasm);
}
