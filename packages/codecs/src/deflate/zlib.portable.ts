import * as pako from 'pako';
import type { Zlib } from './zlib.ts';

const STRATEGIES = { default: pako.Z_DEFAULT_STRATEGY, filtered: pako.Z_FILTERED, rle: pako.Z_RLE } as const;

/** In plain JavaScript, for runtimes without `node:zlib`. */
export const zlib: Zlib = {
  inflate: inflateWhatIsThere,
  deflate: (bytes, level, strategy) => pako.deflate(bytes, { level, strategy: STRATEGIES[strategy] }),
};

/** Inflates until the output is full, the stream ends, or it breaks. */
export function inflateWhatIsThere(bytes: Uint8Array, byteLength: number): Uint8Array {
  const stream = new pako.ZStream();
  stream.input = bytes;
  stream.avail_in = bytes.length;
  stream.output = new Uint8Array(byteLength);
  stream.avail_out = byteLength;
  pako.zlibInflateInit(stream);
  pako.zlibInflate(stream, pako.Z_SYNC_FLUSH);
  return stream.next_out === byteLength ? stream.output : stream.output.subarray(0, stream.next_out);
}
