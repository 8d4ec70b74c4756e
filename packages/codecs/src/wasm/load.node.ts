import { readFile } from 'node:fs/promises';
import { WASM_FILES, type WasmName } from './names.ts';

/** Node, Bun and Deno: modules are files of this package. */
export async function loadWasm(name: WasmName): Promise<WebAssembly.Module> {
  // `src/wasm` and `dist/wasm` lie equally deep, so one relative path serves sources and build.
  return WebAssembly.compile(await readFile(new URL(`../../${WASM_FILES[name]}`, import.meta.url)));
}
