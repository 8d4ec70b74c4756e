import { afterEach, describe, expect, test } from 'vitest';
import { loadWasm } from '#wasm';
import { WASM_FILES, type WasmName } from './names.ts';
import { setWasmLoader, wasmModule } from './wasm-module.ts';

const EMPTY = new WebAssembly.Module(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));

afterEach(() => setWasmLoader(loadWasm));

describe('wasmModule', () => {
  test.each(Object.keys(WASM_FILES) as WasmName[])('finds %s in this package', async (name) => {
    expect(await wasmModule(name)).toBeInstanceOf(WebAssembly.Module);
  });

  test('loads once for all who ask, and answers at once when loaded', async () => {
    let loads = 0;
    setWasmLoader(async () => {
      loads++;
      return EMPTY;
    });
    expect(await Promise.all([wasmModule('pixels'), wasmModule('pixels')])).toEqual([EMPTY, EMPTY]);
    expect(wasmModule('pixels')).toBe(EMPTY);
    expect(loads).toBe(1);
  });

  test('tries again after a failure', async () => {
    let loads = 0;
    setWasmLoader(async () => {
      if (++loads === 1) throw new Error('offline');
      return EMPTY;
    });
    await expect(Promise.resolve(wasmModule('pixels'))).rejects.toThrow('offline');
    expect(await wasmModule('pixels')).toBe(EMPTY);
  });
});
