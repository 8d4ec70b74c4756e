import { LzmaDecoder } from './lzma-decoder.ts';

const END = 0x00;
const UNCOMPRESSED_NEW_DICTIONARY = 0x01;
const UNCOMPRESSED = 0x02;
const LZMA = 0x80;

/** How far decoding came. */
export interface Lzma2Result {
  /** End of what was written. */
  readonly filled: number;
  /** End of what was read. */
  readonly at: number;
  /** False when the data broke or ended early, or the output is full. */
  readonly complete: boolean;
}

/**
 * Decodes chunks of LZMA2 (XZ format, 5.3.1) from `at` into `output` from `filled` on: LZMA that may start afresh with
 * each chunk, and stored bytes.
 */
export function decodeLzma2(input: Uint8Array, at: number, output: Uint8Array, filled: number): Lzma2Result {
  const decoder = new LzmaDecoder(input, output);
  let ready = false;
  while (at < input.length && filled < output.length) {
    const control = input[at++]!;
    if (control === END) return { filled, at, complete: true };
    if (control < LZMA) {
      if (control > UNCOMPRESSED) break;
      const length = uint16(input, at) + 1;
      at += 2;
      if (control === UNCOMPRESSED_NEW_DICTIONARY) decoder.resetDictionary(filled);
      const stored = input.subarray(at, Math.min(at + length, at + output.length - filled));
      output.set(stored, filled);
      filled += stored.length;
      at += length;
      continue;
    }
    const length = ((control & 0x1f) << 16) + uint16(input, at) + 1;
    const compressedLength = uint16(input, at + 2) + 1;
    at += 4;
    const reset = (control >> 5) & 3;
    if (reset === 3) decoder.resetDictionary(filled);
    if (reset >= 2 && !decoder.setProperties(input[at++] ?? 0xff)) break;
    ready ||= reset >= 2;
    if (!ready) break;
    if (reset >= 1) decoder.resetState();
    const to = Math.min(filled + length, output.length);
    const end = Math.min(at + compressedLength, input.length);
    filled = decoder.decode({ start: at, end, from: filled, to });
    at += compressedLength;
    if (filled < to) break;
  }
  return { filled, at, complete: filled === output.length && input[at] === END };
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
