import { loadWasm } from '#wasm';
import type { WasmLoader, WasmName } from './names.ts';

let loader: WasmLoader = loadWasm;
const modules = new Map<WasmName, WebAssembly.Module | Promise<WebAssembly.Module>>();

/**
 * Replaces how modules are found: from a CDN, out of a single-file executable, from the thread that started this one.
 * Modules loaded before are forgotten; codecs made from them stay as they are.
 */
export function setWasmLoader(custom: WasmLoader): void {
  loader = custom;
  modules.clear();
}

/** Compiled modules by name. */
export type CompiledModules = Readonly<Partial<Record<WasmName, WebAssembly.Module>>>;

/** Makes modules known that are compiled already, so that they need not be loaded. */
export function provideModules(compiled: CompiledModules): void {
  for (const [name, module] of Object.entries(compiled)) modules.set(name as WasmName, module);
}

/** A compiled module, loaded once. Returns without a promise when it is there already; a failed load may be retried. */
export function wasmModule(name: WasmName): WebAssembly.Module | Promise<WebAssembly.Module> {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const loaded = loader(name);
  modules.set(name, loaded);
  if (!(loaded instanceof Promise)) return loaded;
  const settled = loaded.then(
    (module) => {
      if (modules.get(name) === settled) modules.set(name, module);
      return module;
    },
    (error: unknown) => {
      if (modules.get(name) === settled) modules.delete(name);
      throw error;
    },
  );
  modules.set(name, settled);
  return settled;
}
