import { ImageError } from '@sectile/core/errors';

/** What every kernel module exports. */
export type KernelExports = WebAssembly.Exports & { readonly memory: WebAssembly.Memory };

/** Memory above this is not kept between calls: WebAssembly memory never shrinks. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** Runs work on one instance of a kernel module, and replaces the instance when it cannot be trusted or is too large. */
export class KernelHost<Exports extends KernelExports> {
  readonly #module: WebAssembly.Module;
  #instance: Exports | undefined;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /**
   * Calls `work` with the instance's exports. Whatever it returns must not be a view of the instance's memory.
   *
   * @throws ImageError `codec` when the module traps, `limit` when its memory cannot grow; errors of `work` pass through.
   */
  run<Result>(work: (exports: Exports) => Result): Result {
    const exports = (this.#instance ??= new WebAssembly.Instance(this.#module, {}).exports as Exports);
    let finished = false;
    try {
      const result = work(exports);
      finished = exports.memory.buffer.byteLength <= MAX_KEPT_BYTES;
      return result;
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        throw new ImageError('codec', 'A codec failed on this data', { cause: error });
      }
      throw error;
    } finally {
      if (!finished) this.#instance = undefined;
    }
  }
}
