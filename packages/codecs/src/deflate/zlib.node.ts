import { constants, deflateSync, inflateSync } from 'node:zlib';
import { hasSimd } from '../wasm/simd.ts';
import { wasmModule } from '../wasm/wasm-module.ts';
import { createKernelInflate } from './kernel-inflate.ts';
import { pakoZlib } from './pako.ts';
import type { Zlib } from './zlib.ts';

const STRATEGIES = {
  default: constants.Z_DEFAULT_STRATEGY,
  filtered: constants.Z_FILTERED,
  rle: constants.Z_RLE,
} as const;

/** Node, Bun and Deno: the zlib that is compiled into the runtime. */
const nodeZlib: Zlib = {
  inflate(bytes, byteLength) {
    try {
      const inflated = inflateSync(bytes, {
        finishFlush: constants.Z_SYNC_FLUSH,
        // One chunk, a little larger than needed, so that the result is neither joined nor grown.
        chunkSize: byteLength + 64,
        // Last strips are often stored at full height: what is too long is cut below, and what is absurd refused here.
        maxOutputLength: 2 * byteLength + 65536,
      });
      return new Uint8Array(inflated.buffer, inflated.byteOffset, Math.min(inflated.length, byteLength));
    } catch {
      // zlib throws away what it had when data breaks or runs over.
      return pakoZlib.inflate(bytes, byteLength);
    }
  },
  deflate(bytes, level, strategy) {
    const deflated = deflateSync(bytes, { level, strategy: STRATEGIES[strategy], chunkSize: 65536 });
    return new Uint8Array(deflated.buffer, deflated.byteOffset, deflated.length);
  },
};

/**
 * Inflates with the kernel: it is faster than the runtime's zlib and fills memory that is used again, where zlib's many
 * results keep the garbage collector busy (a third of the time of a server of tiles).
 */
export async function loadZlib(): Promise<Zlib> {
  return hasSimd() ? { ...nodeZlib, inflate: createKernelInflate(await wasmModule('inflate')) } : nodeZlib;
}
