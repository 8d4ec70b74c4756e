// workerd compiles modules at deploy time only: each must be a static import whose path ends in `.wasm`.

import avifDecode from '../../vendor/avif-decode.wasm';
import avifEncode from '../../vendor/avif-encode.wasm';
import jpegOptimize from '../../vendor/jpeg-optimize.wasm';
import webpDecode from '../../vendor/webp-decode.wasm';
import webpEncode from '../../vendor/webp-encode.wasm';
import zstdDecode from '../../vendor/zstd-decode.wasm';
import inflate from '../../wasm/inflate.wasm';
import jpegDecode from '../../wasm/jpeg-decode.wasm';
import jpegEncode from '../../wasm/jpeg-encode.wasm';
import jpeg2000 from '../../wasm/jpeg2000.wasm';
import lzwDecode from '../../wasm/lzw-decode.wasm';
import pixels from '../../wasm/pixels.wasm';
import pngEncode from '../../wasm/png-encode.wasm';
import type { WasmName } from './names.ts';

const MODULES: Readonly<Record<WasmName, WebAssembly.Module>> = {
  'jpeg-decode': jpegDecode,
  'jpeg-encode': jpegEncode,
  jpeg2000,
  pixels,
  'png-encode': pngEncode,
  inflate,
  'lzw-decode': lzwDecode,
  'jpeg-optimize': jpegOptimize,
  'webp-decode': webpDecode,
  'webp-encode': webpEncode,
  'avif-decode': avifDecode,
  'avif-encode': avifEncode,
  'zstd-decode': zstdDecode,
};

/** Cloudflare Workers: modules are part of the bundle. */
export function loadWasm(name: WasmName): WebAssembly.Module {
  return MODULES[name];
}
