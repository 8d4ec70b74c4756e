import type { ByteDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { emscriptenCodec } from '../wasm/emscripten.ts';

/** Zstandard as built for the package `zstddec`. Sizes and addresses are 32-bit numbers. */
interface ZstdModule {
  readonly memory: WebAssembly.Memory;
  malloc(byteLength: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** Functions return small negative numbers for errors. */
const LOWEST_ERROR = -200;
/** C structs of three numbers: address, size, position. */
const BUFFER_BYTES = 12;

/** Zstandard frames (RFC 8878; TIFF compression 50000). */
export function createZstdDecoder(wasm: WebAssembly.Module): ByteDecoder {
  const call = emscriptenCodec<ZstdModule>({ name: 'Zstandard decoder', createModule: exportDirectly, wasm });
  return {
    kind: 'bytes',
    decode(bytes, byteLength) {
      const decoded = call((zstd) => decompress(zstd, bytes, byteLength));
      if (decoded.length === 0 && byteLength > 0) throw new ImageError('codec', 'The Zstandard data is broken');
      return decoded;
    },
  };
}

interface Target {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): unknown;
}

/** This module needs no script around it. */
async function exportDirectly(target: object): Promise<void> {
  const env = { emscripten_notify_memory_growth: () => undefined };
  (target as Target).instantiateWasm({ env }, (instance) => Object.assign(target, instance.exports));
}

function decompress(zstd: ZstdModule, bytes: Uint8Array, byteLength: number): Uint8Array {
  const context = zstd.ZSTD_createDCtx();
  const input = zstd.malloc(bytes.length + 2 * BUFFER_BYTES);
  const output = zstd.malloc(byteLength);
  try {
    if (context === 0 || input === 0 || output === 0) throw new Error('out of memory');
    const inputBuffer = input + bytes.length;
    const outputBuffer = inputBuffer + BUFFER_BYTES;
    new Uint8Array(zstd.memory.buffer).set(bytes, input);
    writeBuffer(zstd, inputBuffer, input, bytes.length);
    writeBuffer(zstd, outputBuffer, output, byteLength);
    let progress = -1;
    for (;;) {
      const status = zstd.ZSTD_decompressStream(context, outputBuffer, inputBuffer) | 0;
      const read = positionOf(zstd, inputBuffer);
      const written = positionOf(zstd, outputBuffer);
      const isError = status < 0 && status > LOWEST_ERROR;
      if (isError || read + written === progress || read === bytes.length || written === byteLength) {
        return new Uint8Array(zstd.memory.buffer).slice(output, output + written);
      }
      progress = read + written;
    }
  } finally {
    zstd.free(output);
    zstd.free(input);
    zstd.ZSTD_freeDCtx(context);
  }
}

function writeBuffer({ memory }: ZstdModule, at: number, address: number, byteLength: number): void {
  const view = new DataView(memory.buffer);
  view.setUint32(at, address, true);
  view.setUint32(at + 4, byteLength, true);
  view.setUint32(at + 8, 0, true);
}

function positionOf({ memory }: ZstdModule, at: number): number {
  return new DataView(memory.buffer).getUint32(at + 8, true);
}
