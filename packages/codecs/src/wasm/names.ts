/**
 * Every WebAssembly module of this package: own kernels (built into `wasm/`) and vendored codecs (prepared in `vendor/`).
 * The loaders hold one entry for each name, because bundlers only follow literal paths; the compiler checks that none
 * is missing.
 */
export type WasmName =
  | 'jpeg-decode'
  | 'jpeg-encode'
  | 'jpeg-optimize'
  | 'jpeg2000'
  | 'pixels'
  | 'png-encode'
  | 'inflate'
  | 'lzw-decode'
  | 'webp-decode'
  | 'webp-encode'
  | 'avif-decode'
  | 'avif-encode'
  | 'zstd-decode';

/** Compiles or fetches one module. May be called more than once for a name; see {@link wasmModule} for the memo. */
export type WasmLoader = (name: WasmName) => WebAssembly.Module | Promise<WebAssembly.Module>;

/** Path of each module from the package's root. */
export const WASM_FILES: Readonly<Record<WasmName, string>> = {
  'jpeg-decode': 'wasm/jpeg-decode.wasm',
  'jpeg-encode': 'wasm/jpeg-encode.wasm',
  jpeg2000: 'wasm/jpeg2000.wasm',
  pixels: 'wasm/pixels.wasm',
  'png-encode': 'wasm/png-encode.wasm',
  inflate: 'wasm/inflate.wasm',
  'lzw-decode': 'wasm/lzw-decode.wasm',
  'jpeg-optimize': 'vendor/jpeg-optimize.wasm',
  'webp-decode': 'vendor/webp-decode.wasm',
  'webp-encode': 'vendor/webp-encode.wasm',
  'avif-decode': 'vendor/avif-decode.wasm',
  'avif-encode': 'vendor/avif-encode.wasm',
  'zstd-decode': 'vendor/zstd-decode.wasm',
};
