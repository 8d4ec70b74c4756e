/** A Huffman table as a DHT segment holds it: how many codes there are of 1 to 16 bits, and the symbols in code order. */
export interface HuffmanTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** For each of 256 symbols `code << 8 | code length`, or 0 when it has no code (ITU-T T.81 annex C.2). */
export function huffmanCodes(table: HuffmanTable): Uint32Array {
  const codes = new Uint32Array(256);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < table.counts[length - 1]!; i++) codes[table.symbols[next++]!] = (code++ << 8) | length;
    code <<= 1;
  }
  return codes;
}

const MAX_LENGTH = 16;

/**
 * The table that codes these symbol frequencies in the fewest bits with codes of at most 16 bits (package-merge:
 * Larmore and Hirschberg, 1990). No code consists of ones only, as annex C requires.
 *
 * @param frequencies 256 counts. When all are 0 the table is empty.
 */
export function optimalHuffmanTable(frequencies: Uint32Array): HuffmanTable {
  const lengths = codeLengths(frequencies);
  const counts = new Uint8Array(MAX_LENGTH);
  const symbols: number[] = [];
  for (let length = 1; length <= MAX_LENGTH; length++) {
    for (let symbol = 0; symbol < 256; symbol++) {
      if (lengths[symbol] !== length) continue;
      counts[length - 1]!++;
      symbols.push(symbol);
    }
  }
  return { counts, symbols: Uint8Array.from(symbols) };
}

/** A set of symbols whose codes become one bit longer together. */
interface Package {
  readonly weight: number;
  readonly symbols: readonly number[];
}

/** Stands for the code of ones only: the rarest symbol of all, never written. */
const RESERVED = 256;

function codeLengths(frequencies: Uint32Array): Uint8Array {
  const leaves: Package[] = [{ weight: 0, symbols: [RESERVED] }];
  for (let symbol = 0; symbol < 256; symbol++) {
    const weight = frequencies[symbol]!;
    if (weight > 0) leaves.push({ weight, symbols: [symbol] });
  }
  const lengths = new Uint8Array(257);
  if (leaves.length === 1) return lengths;
  leaves.sort((a, b) => a.weight - b.weight);
  let packages = leaves;
  for (let length = 1; length < MAX_LENGTH; length++) {
    const pairs: Package[] = [];
    for (let i = 0; i + 1 < packages.length; i += 2) {
      const [a, b] = [packages[i]!, packages[i + 1]!];
      pairs.push({ weight: a.weight + b.weight, symbols: [...a.symbols, ...b.symbols] });
    }
    packages = [...leaves, ...pairs].sort((a, b) => a.weight - b.weight);
  }
  for (const { symbols } of packages.slice(0, 2 * leaves.length - 2)) {
    for (const symbol of symbols) lengths[symbol]!++;
  }
  return lengths;
}
