import type { ByteDecodeOptions, ByteDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { reversedBits } from '../bit-order.ts';
import { type KernelExports, KernelHost } from '../kernels/kernel-host.ts';

const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const TABLE_SIZE = 4096;
const MAX_WIDTH = 12;
/** Longer strings are copied by the engine, shorter ones in a loop. */
const LONG_STRING = 24;

/** `kernels/lzw-decode.as.ts`. */
type LzwKernel = KernelExports & {
  readonly begin: (inputBytes: number, outputBytes: number) => number;
  readonly run: (oldStyle: number) => number;
  readonly outputAddress: () => number;
};

/** Fills what there is room for, up to the end of the data or its first error. The result may be a part of the output. */
type DecodeCodes = (bytes: Uint8Array, byteLength: number, oldStyle: boolean) => Uint8Array;

/**
 * TIFF LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, one code wider one entry early.
 *
 * Files of before 1991 pack codes from the least significant bit and widen on time. They are told by their first code,
 * Clear, which then begins with a zero byte.
 *
 * @param wasm The kernel `lzw-decode`; without it everything is done in TypeScript.
 */
export function createLzwDecoder(wasm?: WebAssembly.Module): ByteDecoder {
  const decodeCodes = wasm === undefined ? decodeInTypeScript : decodeInKernel(wasm);
  return { kind: 'bytes', decode: (bytes, byteLength, options) => decodeLzw(decodeCodes, bytes, byteLength, options) };
}

function decodeLzw(
  decodeCodes: DecodeCodes,
  bytes: Uint8Array,
  byteLength: number,
  options: ByteDecodeOptions = {},
): Uint8Array {
  if (options.leastSignificantBitFirst) bytes = reversedBits(bytes);
  const decoded = decodeCodes(bytes, byteLength, isOldStyle(bytes));
  if (decoded.length === 0 && byteLength > 0 && bytes.length > 0 && !isEmptyString(bytes)) {
    throw new ImageError('codec', 'The LZW data is broken');
  }
  return decoded;
}

/** The first code is Clear (256 of 9 bits): 0x80 0x0? when codes are packed from the top, 0x00 0x?1 from the bottom. */
function isOldStyle(bytes: Uint8Array): boolean {
  return bytes.length > 1 && bytes[0] === 0 && (bytes[1]! & 1) === 1;
}

/** Clear and End with nothing between them, which is no error. */
function isEmptyString(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0x80 && bytes[1] === 0x40 && (bytes[2]! & 0xc0) === 0x40;
}

function decodeInKernel(wasm: WebAssembly.Module): DecodeCodes {
  const host = new KernelHost<LzwKernel>(wasm);
  return (bytes, byteLength, oldStyle) =>
    host.run((kernel) => {
      const input = kernel.begin(bytes.length, byteLength) >>> 0;
      new Uint8Array(kernel.memory.buffer).set(bytes, input);
      const filled = kernel.run(oldStyle ? 1 : 0);
      return new Uint8Array(kernel.memory.buffer, kernel.outputAddress() >>> 0, filled).slice();
    });
}

/**
 * An entry of the table is a string that stands in the output already: what the code before stood for and one byte
 * more, which follow each other there. So entries are offsets and lengths, and decoding copies forward.
 */
const starts = new Uint32Array(TABLE_SIZE);
const lengths = new Uint32Array(TABLE_SIZE);

function decodeInTypeScript(bytes: Uint8Array, byteLength: number, oldStyle: boolean): Uint8Array {
  const output = new Uint8Array(byteLength);
  const filled = decodeInto(output, bytes, oldStyle);
  return filled === byteLength ? output : output.subarray(0, filled);
}

/** Returns how much of the output was filled. */
function decodeInto(output: Uint8Array, bytes: Uint8Array, oldStyle: boolean): number {
  const early = oldStyle ? 0 : 1;
  let at = 0;
  let bits = 0;
  let bitCount = 0;
  let width = 9;
  let next = FIRST_FREE;
  let filled = 0;
  let previousStart = -1;
  let previousLength = 0;
  while (filled < output.length) {
    while (bitCount < width) {
      if (at === bytes.length) return filled;
      const byte = bytes[at++]!;
      bits = oldStyle ? bits | (byte << bitCount) : ((bits & 0xffff) << 8) | byte;
      bitCount += 8;
    }
    bitCount -= width;
    const code = (oldStyle ? bits : bits >>> bitCount) & ((1 << width) - 1);
    if (oldStyle) bits >>>= width;
    if (code === CLEAR) {
      width = 9;
      next = FIRST_FREE;
      previousStart = -1;
      continue;
    }
    if (code === END) return filled;
    if (previousStart >= 0 && next < TABLE_SIZE) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next === (1 << width) - early && width < MAX_WIDTH) width++;
    }
    previousStart = filled;
    if (code < CLEAR) {
      output[filled++] = code;
      previousLength = 1;
    } else {
      if (code >= next) return filled;
      previousLength = lengths[code]!;
      filled = copyString(output, starts[code]!, previousLength, filled);
    }
  }
  return filled;
}

/** Copies a string to where the output ends, cut there; source and target may overlap by one. Returns the new end. */
function copyString(output: Uint8Array, start: number, length: number, filled: number): number {
  const end = Math.min(filled + length, output.length);
  // A string that reaches its own target (a code used while it is made) repeats its first byte: only the loop does that.
  if (length > LONG_STRING && start + length <= filled) {
    output.copyWithin(filled, start, start + end - filled);
    return end;
  }
  while (filled < end) output[filled++] = output[start++]!;
  return end;
}
