/**
 * The code-block encoder of ITU-T T.814 clause 7, told as plainly as possible: arrays of bits, no regard for speed. It makes
 * what other encoders at hand do not (passes that refine, code-blocks of any shape), and says what has to come out.
 */
import { FIRST_ROW_CODES, OTHER_ROW_CODES } from '../../packages/codecs/src/kernels/jpeg2000/ht-vlc-table.as.ts';

/** A code-block's coefficients, row by row. */
export interface HtBlock {
  readonly width: number;
  readonly height: number;
  readonly coefficients: Int32Array;
}

/** Segments of a set of passes, and twice the coefficients that they stand for. */
export interface HtPasses {
  readonly cleanup: Uint8Array;
  readonly refinement: Uint8Array;
  /** Where in `refinement` what belongs to the first of its passes ends. */
  readonly propagationBytes: number;
  readonly doubled: Int32Array;
}

interface Code {
  readonly context: number;
  readonly pattern: number;
  readonly offset: boolean;
  readonly known: number;
  readonly ones: number;
  readonly bits: readonly number[];
}

const [FIRST_CODES, OTHER_CODES] = [FIRST_ROW_CODES, OTHER_ROW_CODES].map((table) =>
  [...(table as unknown as readonly number[])].map(
    (word): Code => ({
      context: word >> 23,
      pattern: (word >> 19) & 15,
      offset: ((word >> 18) & 1) === 1,
      known: (word >> 14) & 15,
      ones: (word >> 10) & 15,
      bits: bitsOf((word >> 3) & 127, word & 7),
    }),
  ),
) as [Code[], Code[]];

const RUN_EXPONENTS = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];

/** The lowest `count` bits of a number, lowest first. */
function bitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** i) % 2);
}

/** Encodes the cleanup pass that ends with bit-plane `plane`, and with `passes` above 1 the ones below it. */
export function encodeHt(block: HtBlock, plane: number, passes: 1 | 2 | 3 = 1, causal = false): HtPasses {
  const { coefficients } = block;
  const coded = coefficients.map((value) => Math.floor(Math.abs(value) / 2 ** plane));
  const doubled = coefficients.map((value, i) => (coded[i] ? Math.sign(value) * (2 * coded[i]! + 1) * 2 ** plane : 0));
  const cleanup = encodeCleanup(block, coded);
  if (passes === 1) return { cleanup, refinement: new Uint8Array(0), propagationBytes: 0, doubled };
  const half = 2 ** (plane - 1);
  const propagation = propagate(block, coded, half, causal, doubled);
  const magnitudes: number[] = [];
  if (passes === 3) {
    for (const at of stripeOrder(block)) {
      if (!coded[at]) continue;
      const bit = Math.floor(Math.abs(coefficients[at]!) / half) % 2;
      magnitudes.push(bit);
      doubled[at] = Math.sign(coefficients[at]!) * ((2 * coded[at]! + bit) * 2 + 1) * half;
    }
  }
  const first = packForward(propagation, 0);
  const second = packBackward(magnitudes, []);
  return { cleanup, refinement: join(first, second), propagationBytes: first.length, doubled };
}

function encodeCleanup({ width, height, coefficients }: HtBlock, coded: Int32Array): Uint8Array {
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x);
  const magnitude = (x: number, y: number): number => coded[at(x, y)] ?? 0;
  const significant = (x: number, y: number): number => Number(magnitude(x, y) > 0);
  const exponent = (x: number, y: number): number =>
    magnitude(x, y) ? Math.floor(Math.log2(2 * magnitude(x, y) - 1)) + 1 : 0;
  const symbols: number[] = [];
  const codes: number[] = [];
  const signs: number[] = [];
  const quad = (x: number, y: number): number => {
    const isFirst = y === 0;
    const context = isFirst
      ? (significant(x - 2, y) | significant(x - 2, y + 1)) + 2 * significant(x - 1, y) + 4 * significant(x - 1, y + 1)
      : (significant(x - 1, y - 1) | significant(x, y - 1)) +
        2 * (significant(x - 1, y) | significant(x - 1, y + 1)) +
        4 * (significant(x + 1, y - 1) | significant(x + 2, y - 1));
    const places = [
      [x, y],
      [x, y + 1],
      [x + 1, y],
      [x + 1, y + 1],
    ] as const;
    const pattern = places.reduce((sum, [i, j], n) => sum + (significant(i, j) << n), 0);
    if (context === 0) symbols.push(Number(pattern > 0));
    if (context === 0 && pattern === 0) return 0;
    const exponents = places.map(([i, j]) => exponent(i, j));
    const several = (pattern & (pattern - 1)) !== 0;
    const around = Math.max(...[-1, 0, 1, 2].map((dx) => exponent(x + dx, y - 1)));
    const expected = several && !isFirst ? Math.max(1, around - 1) : 1;
    const most = Math.max(expected, ...exponents);
    const offset = most - expected;
    const reached = exponents.reduce((sum, e, n) => sum + (offset > 0 && e === most ? 1 << n : 0), 0);
    const fitting = (isFirst ? FIRST_CODES : OTHER_CODES).filter(
      (code) =>
        code.context === context &&
        code.pattern === pattern &&
        code.offset === offset > 0 &&
        (reached & code.known) === code.ones,
    );
    // Any will do; which one varies with the place, so that all get their turn.
    const code = fitting[(x * 7 + y * 3) % fitting.length]!;
    codes.push(...code.bits);
    places.forEach(([i, j], n) => {
      if (!significant(i, j)) return;
      const value = 2 * (magnitude(i, j) - 1) + Number(coefficients[at(i, j)]! < 0);
      signs.push(...bitsOf(value, most - ((code.known >> n) & 1)));
    });
    return offset;
  };
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 4) {
      const first = quad(x, y);
      const second = x + 2 < width ? quad(x + 2, y) : 0;
      const both = y === 0 && first > 0 && second > 0;
      const above = both && Math.min(first, second) > 2;
      if (both) symbols.push(Number(above));
      codes.push(...offsetBits(above ? first - 2 : first, above ? second - 2 : second, both && !above));
    }
  }
  return joinCleanup(packForward(signs, 1), packRuns(symbols), codes);
}

/** Clause 7.3.6: prefixes, then suffixes, then extensions. */
function offsetBits(first: number, second: number, short: boolean): number[] {
  const parts = [first, second].map((offset): number[][] => {
    if (offset === 0) return [[], [], []];
    if (offset <= 2) return [offset === 1 ? [1] : [0, 1], [], []];
    if (offset <= 4) return [[0, 0, 1], bitsOf(offset - 3, 1), []];
    if (offset < 33) return [[0, 0, 0], bitsOf(offset - 5, 5), []];
    return [[0, 0, 0], bitsOf(28 + ((offset - 33) & 3), 5), bitsOf((offset - 33) >> 2, 4)];
  });
  if (short && first > 2) parts[1] = [[second - 1], [], []];
  return [0, 1, 2].flatMap((kind) => parts.flatMap((part) => part[kind]!));
}

/** Clause 7.3.3: runs of zeros that end in a one, by an adaptive exponent. */
function packRuns(symbols: readonly number[]): Uint8Array {
  const bits: number[] = [];
  let state = 0;
  let run = 0;
  for (const symbol of symbols) {
    const exponent = RUN_EXPONENTS[state]!;
    if (symbol === 0) {
      if (++run < 2 ** exponent) continue;
      bits.push(1);
      state = Math.min(12, state + 1);
    } else {
      bits.push(0, ...bitsOf(run, exponent).reverse());
      state = Math.max(0, state - 1);
    }
    run = 0;
  }
  if (run > 0) bits.push(1);
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; ) {
    const room = bytes.at(-1) === 0xff ? 7 : 8;
    let byte = 0;
    for (let i = 0; i < room; i++) byte = byte * 2 + (bits[at++] ?? 1);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Lowest bit first; a byte after 0xff holds 7 bits. */
function packForward(bits: readonly number[], padding: number): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; ) {
    const room = bytes.at(-1) === 0xff ? 7 : 8;
    let byte = 0;
    for (let i = 0; i < room; i++) byte += (bits[at++] ?? padding) << i;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** From the last byte to the first: 7 ones after a byte above 0x8f fill theirs. */
function packBackward(bits: readonly number[], before: readonly number[]): Uint8Array {
  const all = [...before, ...bits];
  const bytes: number[] = [];
  let last = 0xff;
  for (let at = 0; at < all.length; ) {
    const seven = Array.from({ length: 7 }, (_, i) => all[at + i] ?? 0);
    const stuffed = last > 0x8f && seven.every((bit) => bit === 1);
    const taken = stuffed ? seven : [...seven, all[at + 7] ?? 0];
    last = taken.reduce((sum, bit, i) => sum + (bit << i), 0);
    bytes.push(last);
    at += taken.length;
  }
  return Uint8Array.from(bytes.reverse());
}

/** The length of the last two streams takes the last byte and the lower half of the one before. */
function joinCleanup(signs: Uint8Array, runs: Uint8Array, codes: readonly number[]): Uint8Array {
  const packed = packBackward(codes, [1, 1, 1, 1]);
  const suffix = runs.length + packed.length + 1;
  const bytes = join(signs, runs, packed, Uint8Array.of(suffix >> 4));
  bytes[bytes.length - 2] = (bytes[bytes.length - 2]! & 0xf0) | (suffix & 15);
  return bytes;
}

/** Clause 7.4. Fills in what becomes significant; returns the bits. */
function propagate(
  { width, height, coefficients }: HtBlock,
  coded: Int32Array,
  half: number,
  causal: boolean,
  doubled: Int32Array,
): number[] {
  const significant = Uint8Array.from(coded, (value) => Number(value > 0));
  const beside = (x: number, y: number): boolean => {
    for (let j = y - 1; j <= y + 1; j++) {
      if (causal && j === y + 1 && y % 4 === 3) continue;
      for (let i = x - 1; i <= x + 1; i++) {
        if (i >= 0 && j >= 0 && i < width && j < height && significant[j * width + i]) return true;
      }
    }
    return false;
  };
  const bits: number[] = [];
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4) {
      const signs: number[] = [];
      for (let i = x; i < Math.min(x + 4, width); i++) {
        for (let j = y; j < Math.min(y + 4, height); j++) {
          const at = j * width + i;
          if (significant[at] || !beside(i, j)) continue;
          const value = coefficients[at]!;
          const bit = Math.floor(Math.abs(value) / half) % 2;
          bits.push(bit);
          if (bit === 0) continue;
          significant[at] = 1;
          signs.push(Number(value < 0));
          doubled[at] = Math.sign(value) * 3 * half;
        }
      }
      bits.push(...signs);
    }
  }
  return bits;
}

/** Places in stripes of four rows, column by column. */
function* stripeOrder({ width, height }: HtBlock): Generator<number> {
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x++) {
      for (let j = y; j < Math.min(y + 4, height); j++) yield j * width + x;
    }
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
