import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import type { MarkerSegment } from './marker-segment.ts';

/** A Huffman table as stored: how many codes there are of 1 to 16 bits, and the symbols in code order. */
export interface StoredHuffmanTable {
  readonly kind: 'dc' | 'ac';
  /** Destination, 0 to 3. */
  readonly index: number;
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** A quantization table: 64 divisors in zigzag order. */
export interface StoredQuantizationTable {
  readonly index: number;
  readonly divisors: Uint16Array;
}

/** The tables of a DHT segment (ITU-T T.81 B.2.4.2). @throws ImageError `malformed`. */
export function parseHuffmanTables({ payload, payloadOffset }: MarkerSegment): readonly StoredHuffmanTable[] {
  const cursor = new ByteCursor(payload, { littleEndian: false, fileOffset: payloadOffset });
  const tables: StoredHuffmanTable[] = [];
  while (cursor.remaining > 0) {
    const selector = cursor.uint8();
    const counts = cursor.take(16);
    const symbols = cursor.take(counts.reduce((sum, count) => sum + count, 0));
    if (selector > 0x1f || (selector & 15) > 3 || symbols.length > 256) {
      throw new ImageError('malformed', `A Huffman table ${selector} of ${symbols.length} symbols`);
    }
    tables.push({ kind: selector < 0x10 ? 'dc' : 'ac', index: selector & 15, counts, symbols });
  }
  return tables;
}

/** The tables of a DQT segment (ITU-T T.81 B.2.4.1). @throws ImageError `malformed`. */
export function parseQuantizationTables({ payload, payloadOffset }: MarkerSegment): readonly StoredQuantizationTable[] {
  const cursor = new ByteCursor(payload, { littleEndian: false, fileOffset: payloadOffset });
  const tables: StoredQuantizationTable[] = [];
  while (cursor.remaining > 0) {
    const selector = cursor.uint8();
    const [precision, index] = [selector >> 4, selector & 15];
    if (precision > 1 || index > 3) throw new ImageError('malformed', `A JPEG quantization table ${selector}`);
    const divisors = new Uint16Array(64);
    for (let k = 0; k < 64; k++) divisors[k] = precision === 0 ? cursor.uint8() : cursor.uint16();
    tables.push({ index, divisors });
  }
  return tables;
}

/** MCUs between restart markers, 0 for none (ITU-T T.81 B.2.4.4). @throws ImageError `malformed`. */
export function parseRestartInterval({ payload, payloadOffset }: MarkerSegment): number {
  return new ByteCursor(payload, { littleEndian: false, fileOffset: payloadOffset }).uint16();
}
