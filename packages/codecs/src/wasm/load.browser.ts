import { ImageError } from '@sectile/core/errors';
import type { WasmName } from './names.ts';

// One literal `new URL(..., import.meta.url)` each: that is the form in which bundlers emit the file.
const URLS: Readonly<Record<WasmName, () => URL>> = {
  'jpeg-decode': () => new URL('../../wasm/jpeg-decode.wasm', import.meta.url),
  'jpeg-encode': () => new URL('../../wasm/jpeg-encode.wasm', import.meta.url),
  jpeg2000: () => new URL('../../wasm/jpeg2000.wasm', import.meta.url),
  pixels: () => new URL('../../wasm/pixels.wasm', import.meta.url),
  'png-encode': () => new URL('../../wasm/png-encode.wasm', import.meta.url),
  inflate: () => new URL('../../wasm/inflate.wasm', import.meta.url),
  'lzw-decode': () => new URL('../../wasm/lzw-decode.wasm', import.meta.url),
  'jpeg-optimize': () => new URL('../../vendor/jpeg-optimize.wasm', import.meta.url),
  'webp-decode': () => new URL('../../vendor/webp-decode.wasm', import.meta.url),
  'webp-encode': () => new URL('../../vendor/webp-encode.wasm', import.meta.url),
  'avif-decode': () => new URL('../../vendor/avif-decode.wasm', import.meta.url),
  'avif-encode': () => new URL('../../vendor/avif-encode.wasm', import.meta.url),
  'zstd-decode': () => new URL('../../vendor/zstd-decode.wasm', import.meta.url),
};

/** Browsers: modules are fetched from beside the script. */
export async function loadWasm(name: WasmName): Promise<WebAssembly.Module> {
  const response = await fetch(URLS[name]());
  if (!response.ok) throw new ImageError('codec', `The module ${name} answered with status ${response.status}`);
  const streams = response.headers.get('content-type')?.startsWith('application/wasm') === true;
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
