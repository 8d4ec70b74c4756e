import * as pako from 'pako';
import type { Zlib } from './zlib.ts';

const STRATEGIES = { default: pako.Z_DEFAULT_STRATEGY, filtered: pako.Z_FILTERED, rle: pako.Z_RLE } as const;

/** zlib in plain JavaScript: runs everywhere, and keeps what it had when data breaks. */
export const pakoZlib: Zlib = {
  inflate(bytes, byteLength) {
    const stream = new pako.ZStream();
    stream.input = bytes;
    stream.avail_in = bytes.length;
    stream.output = new Uint8Array(byteLength);
    stream.avail_out = byteLength;
    pako.zlibInflateInit(stream);
    pako.zlibInflate(stream, pako.Z_SYNC_FLUSH);
    return stream.next_out === byteLength ? stream.output : stream.output.subarray(0, stream.next_out);
  },
  deflate: (bytes, level, strategy) => pako.deflate(bytes, { level, strategy: STRATEGIES[strategy] }),
};
