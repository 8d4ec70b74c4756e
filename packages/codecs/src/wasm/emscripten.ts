import { ImageError, isImageError } from '@sectile/core/errors';

/**
 * What a script in `vendor/` exports. It fills the object that it is given with the functions of the module: at once,
 * because nothing is left to load. The promise that it returns is of no use then.
 */
export type CreateModule = (target: object) => Promise<unknown>;

/** Settings of {@link emscriptenCodec}. */
export interface EmscriptenCodecOptions {
  /** For messages. */
  readonly name: string;
  readonly createModule: CreateModule;
  readonly wasm: WebAssembly.Module;
  /** An instance whose memory has grown beyond this is given up after the call. Default 64 MiB. */
  readonly maxIdleBytes?: number;
}

/** Calls a codec; see {@link emscriptenCodec}. */
export type CallCodec<Codec> = <Result>(work: (codec: Codec) => Result) => Result;

/**
 * One instance of a vendored codec, made when first called and kept.
 *
 * After anything is thrown the instance is given up, since its stack and heap are in an unknown state, and the next call
 * makes a new one (some builds break for good after a hundred errors, others leak). WASM memory never shrinks, so
 * one that has grown large is given up too.
 *
 * @throws ImageError `codec` for whatever the codec throws: numbers, exit codes, traps.
 */
export function emscriptenCodec<Codec extends object>(options: EmscriptenCodecOptions): CallCodec<Codec> {
  const { name, createModule, wasm, maxIdleBytes = 2 ** 26 } = options;
  let current: { readonly codec: Codec; readonly memory: WebAssembly.Memory } | undefined;
  return (work) => {
    try {
      current ??= instantiate<Codec>(createModule, wasm);
      const result = work(current.codec);
      if (current.memory.buffer.byteLength > maxIdleBytes) current = undefined;
      return result;
    } catch (error) {
      current = undefined;
      if (isImageError(error)) throw error;
      throw new ImageError('codec', `The ${name} failed`, { cause: error });
    }
  };
}

function instantiate<Codec extends object>(
  createModule: CreateModule,
  wasm: WebAssembly.Module,
): { codec: Codec; memory: WebAssembly.Memory } {
  let memory: WebAssembly.Memory | undefined;
  const target = {
    noInitialRun: true,
    print: ignore,
    printErr: ignore,
    locateFile: (path: string) => path,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, imports);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      done(instance);
      return instance.exports;
    },
  };
  createModule(target).catch(ignore);
  if (memory === undefined) throw new Error('The module did not start');
  return { codec: target as unknown as Codec, memory };
}

function ignore(): void {}
