// Decoding of one high-throughput code-block: the cleanup pass of ITU-T T.814 clause 7.3.
//
// Samples come in quads of 2 x 2, column by column: 0 and 1 left, 2 and 3 right. First all significance patterns and exponent
// offsets of the code-block are decoded, then all magnitudes, four samples of a quad in the lanes of a vector.
import { bitsAt, nextRun, startRuns, unstuffBackward, unstuffForward } from './ht-bits.as';
import { refineBlock } from './ht-refinement.as';
import { FIRST_ROW_CODES, OTHER_ROW_CODES } from './ht-vlc-table.as';

const VERTICALLY_CAUSAL: i32 = 8;
/** The longest part that holds the run-length and variable-length codes. */
const MAX_SUFFIX_BYTES: usize = 4079;
/** More bits than two quads can take of the variable-length codes: two patterns, two prefixes, suffixes and extensions. */
const MAX_PAIR_BITS: usize = 38;
/** Most bits of a magnitude that the vector path can take from any bit of a byte. */
const MAX_VECTOR_BITS: i32 = 25;

// A code-block has at most 4096 samples, and 1024 columns or rows: up to 1024 quads, or 512 pairs of them.
const MAGNITUDE_BITS = memory.data(4096 * 4 + 64, 16);
const CODE_BITS = memory.data(4096 + 64, 16);
/** Rows of quads, one word each, with a word of 0 before and after each row. */
const QUADS = memory.data((512 * 4 + 64) * 4, 16);
/** By column of quads: all magnitudes that bound those of the quad below, or-ed. */
const ABOVE = memory.data((512 + 8) * 4, 16);
const VALUES = memory.data((4096 + 64) * 4, 16);
const WIDE = memory.data(16, 16);

// Words of the significance code by context and the next 7 bits; so are the words of QUADS, with the offset u above:
//   bits  0..2   length of the codeword
//   bit   3      there is an offset
//   bits  4..7   significance of the samples
//   bits  8..11  samples whose highest magnitude bit is known,
//   bits 12..15  and is 1
const FIRST_CODES = memory.data(8 * 128 * 2, 16);
const OTHER_CODES = memory.data(8 * 128 * 2, 16);

// The offsets' prefixes of two quads by mode and the next 6 bits:
//   bits  0..2   bits of both prefixes
//   bits  3..5   bits of the first suffix
//   bits  6..8   bits of the second suffix
//   bits  9..11  first offset without its suffix
//   bits 12..14  second one
// Modes: 1 and 2 only the first or second, 3 both, 4 both in the first row, 5 the same with both above 2.
const OFFSETS = memory.data(6 * 64 * 2, 16);
const BOTH: u32 = 3;
const BOTH_IN_FIRST_ROW: u32 = 4;
const BOTH_ABOVE_TWO: u32 = 5;

/** By four bits: lanes of ones, and how many bits are set below each lane's. */
const LANES = memory.data(16 * 16, 16);
const COUNTS = memory.data(16 * 16, 16);

function buildCodes(entries: StaticArray<u32>, table: usize): void {
  for (let i = 0; i < entries.length; i++) {
    const entry = unchecked(entries[i]);
    const length = entry & 7;
    const code = (entry >>> 3) & 127;
    const known = (entry >>> 14) & 15;
    const ones = (entry >>> 10) & 15;
    const word = length | (((entry >>> 18) & 1) << 3) | (((entry >>> 19) & 15) << 4) | (known << 8) | (ones << 12);
    for (let above: u32 = 0; above < 128 >>> length; above++) {
      store<u16>(table + (((entry >>> 23) * 128 + (above << length) + code) << 1), <u16>word);
    }
  }
}

/** Bits of a prefix code (table 3), by the next three bits. */
function prefixBits(bits: u32): u32 {
  return bits & 1 ? 1 : bits & 2 ? 2 : 3;
}

function prefixValue(bits: u32): u32 {
  return bits & 1 ? 1 : bits & 2 ? 2 : bits & 4 ? 3 : 5;
}

function suffixBits(value: u32): u32 {
  return value == 5 ? 5 : value == 3 ? 1 : 0;
}

function offsetWord(mode: u32, bits: u32): u32 {
  const more: u32 = mode == BOTH_ABOVE_TWO ? 2 : 0;
  let used: u32 = 0;
  let first: u32 = 0;
  let second: u32 = 0;
  if (mode != 2) {
    first = prefixValue(bits);
    used = prefixBits(bits);
  }
  const firstSuffix = suffixBits(first);
  let secondSuffix: u32 = 0;
  if (mode == BOTH_IN_FIRST_ROW && first > 2) {
    second = ((bits >>> used) & 1) + 1;
    used++;
  } else if (mode != 1) {
    second = prefixValue(bits >>> used);
    used += prefixBits(bits >>> used);
    secondSuffix = suffixBits(second);
  }
  if (mode != 2) first += more;
  if (mode != 1) second += more;
  return used | (firstSuffix << 3) | (secondSuffix << 6) | (first << 9) | (second << 12);
}

function buildTables(): void {
  buildCodes(FIRST_ROW_CODES, FIRST_CODES);
  buildCodes(OTHER_ROW_CODES, OTHER_CODES);
  for (let mode: u32 = 1; mode < 6; mode++) {
    for (let bits: u32 = 0; bits < 64; bits++) {
      store<u16>(OFFSETS + (((mode << 6) | bits) << 1), <u16>offsetWord(mode, bits));
    }
  }
  for (let bits = 0; bits < 16; bits++) {
    let count = 0;
    for (let lane = 0; lane < 4; lane++) {
      const set = (bits >> lane) & 1;
      store<i32>(LANES + ((bits * 4 + lane) << 2), -set);
      store<i32>(COUNTS + ((bits * 4 + lane) << 2), count);
      count += set;
    }
  }
}
buildTables();

/** Zeros that are left of the current run of the run-length code. */
let zeros: i32 = 0;

/** The next symbol of the run-length code. */
// @ts-ignore: decorator
@inline
function nextSymbol(): bool {
  if (zeros > 0) {
    zeros--;
    return false;
  }
  zeros = nextRun();
  return true;
}

/** The word of a quad; 0 where the run-length code says that nothing is significant. */
// @ts-ignore: decorator
@inline
function quadWord(table: usize, context: u32, bits: u64): u32 {
  if (context == 0 && !nextSymbol()) return 0;
  return <u32>load<u16>(table + ((<usize>context << 8) | ((<usize>bits & 127) << 1)));
}

// @ts-ignore: decorator
@inline
function lowBits(bits: u64, count: u32): u32 {
  return <u32>bits & ((1 << count) - 1);
}

/** Decodes the offsets of two quads and stores both words; returns the bits used. */
// @ts-ignore: decorator
@inline
function storeOffsets(quad: usize, first: u32, second: u32, mode: u32, bits: u64): usize {
  const word = <u32>load<u16>(OFFSETS + (((mode << 6) | (<u32>bits & 63)) << 1));
  let used = word & 7;
  const firstBits = (word >>> 3) & 7;
  const secondBits = (word >>> 6) & 7;
  const firstSuffix = lowBits(bits >> used, firstBits);
  used += firstBits;
  const secondSuffix = lowBits(bits >> used, secondBits);
  used += secondBits;
  let firstOffset = ((word >>> 9) & 7) + firstSuffix;
  let secondOffset = (word >>> 12) + secondSuffix;
  if (firstSuffix >= 28) {
    firstOffset += lowBits(bits >> used, 4) << 2;
    used += 4;
  }
  if (secondSuffix >= 28) {
    secondOffset += lowBits(bits >> used, 4) << 2;
    used += 4;
  }
  store<u32>(quad, first | (firstOffset << 16));
  store<u32>(quad, second | (secondOffset << 16), 4);
  return used;
}

/** The context of the quad to the right in the first row (equation 1). */
// @ts-ignore: decorator
@inline
function contextOfLeft(word: u32): u32 {
  return (((word >>> 4) | (word >>> 5)) & 1) | ((word >>> 5) & 6);
}

/** Decodes the patterns and offsets of the first row of quads; returns the bits used. */
function decodeFirstRow(quadsWide: i32): usize {
  let at: usize = 4;
  let context: u32 = 0;
  let quad = QUADS + 4;
  for (let x = 0; x < quadsWide; x += 2) {
    let bits = bitsAt(CODE_BITS, at);
    const first = quadWord(FIRST_CODES, context, bits);
    let used = first & 7;
    let second: u32 = 0;
    context = contextOfLeft(first);
    if (x + 1 < quadsWide) {
      second = quadWord(FIRST_CODES, context, bits >> used);
      used += second & 7;
      context = contextOfLeft(second);
    }
    at += used;
    bits >>= used;
    let mode = ((first >>> 3) & 1) | ((second >>> 2) & 2);
    if (mode == BOTH) mode = nextSymbol() ? BOTH_ABOVE_TWO : BOTH_IN_FIRST_ROW;
    at += storeOffsets(quad, first, second, mode, bits);
    quad += 8;
  }
  return at;
}

/** What the quads above say of a context (equation 2): samples 1 and 3 of those to the left, straight and to the right. */
// @ts-ignore: decorator
@inline
function contextOfAbove(left: u32, above: u32, right: u32): u32 {
  return (((left >>> 7) | (above >>> 5)) & 1) | ((((above >>> 7) | (right >>> 5)) & 1) << 2);
}

// @ts-ignore: decorator
@inline
function contextBeside(word: u32): u32 {
  return ((word >>> 5) | (word >>> 6)) & 2;
}

/** The same for the rows below. */
function decodeOtherRows(quadsWide: i32, quadsHigh: i32, at: usize): void {
  const pitch = <usize>(quadsWide + 2) << 2;
  for (let y = 1; y < quadsHigh; y++) {
    let quad = QUADS + <usize>y * pitch + 4;
    let first: u32 = 0;
    let second: u32 = 0;
    let above = quad - pitch;
    let left: u32 = 0;
    for (let x = 0; x < quadsWide; x += 2) {
      let bits = bitsAt(CODE_BITS, at);
      const straight = load<u32>(above);
      const right = load<u32>(above, 4);
      first = quadWord(OTHER_CODES, contextOfAbove(left, straight, right) | contextBeside(second), bits);
      let used = first & 7;
      second = 0;
      if (x + 1 < quadsWide) {
        const next = load<u32>(above, 8);
        second = quadWord(OTHER_CODES, contextOfAbove(straight, right, next) | contextBeside(first), bits >> used);
        used += second & 7;
      }
      left = right;
      at += used;
      bits >>= used;
      const mode = ((first >>> 3) & 1) | ((second >>> 2) & 2);
      at += storeOffsets(quad, first, second, mode, bits);
      quad += 8;
      above += 8;
    }
  }
}

/** Magnitude bits of a quad's samples at most (equations 3 to 5): what the samples above let expect, and the offset. */
// @ts-ignore: decorator
@inline
function exponentOf(word: u32, above: u32, most: i32): i32 {
  const pattern = (word >>> 4) & 15;
  const several = (pattern & (pattern - 1)) != 0;
  const expected = several ? max(31 - clz(above), 1) : 1;
  return min(expected + <i32>(word >>> 16), most);
}

/** Bits that a quad's samples take together. */
// @ts-ignore: decorator
@inline
function bitsOfQuad(word: u32, exponent: i32): i32 {
  return popcnt(word & 0xf0) * exponent - popcnt(word & 0xf00);
}

/**
 * Takes the bits of a quad's samples: each in its lane twice the magnitude less 2, and the sign lowest; anything in lanes of
 * samples that are not significant.
 */
// @ts-ignore: decorator
@inline
function takeQuad(word: u32, exponent: i32, at: usize): v128 {
  const pattern = word & 0xf0;
  const known = (word >>> 4) & 0xf0;
  const isKnown = v128.load(LANES + known);
  const counts = i16x8.mul(v128.load(COUNTS + pattern), i32x4.splat(exponent));
  const offsets = i32x4.add(i32x4.sub(counts, v128.load(COUNTS + known)), i32x4.splat(<i32>at & 7));
  const highest = i32x4.splat(1 << exponent);
  const power = v128.bitselect(i32x4.shr_u(highest, 1), highest, isKnown);
  let bits: v128;
  if (exponent > MAX_VECTOR_BITS) {
    bits = takeWide(offsets, at);
  } else {
    // Each lane gets four bytes that hold its bits. Lanes cannot be shifted apart: they are multiplied, then shifted alike.
    const place = i32x4.shr_u(offsets, 3);
    const bytes = i8x16.add(
      v128.swizzle(place, i8x16(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12)),
      i8x16(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3),
    );
    const within = v128.or(v128.and(offsets, i32x4.splat(7)), i32x4.splat(0x80808000));
    const factor = v128.swizzle(i8x16(-128, 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0), within);
    const window = v128.load(MAGNITUDE_BITS + (at >> 3));
    bits = i32x4.shr_u(i32x4.mul(v128.swizzle(window, bytes), factor), 7);
  }
  bits = v128.and(bits, i32x4.sub(power, i32x4.splat(1)));
  return v128.or(bits, v128.and(power, v128.load(LANES + ((word >>> 8) & 0xf0))));
}

/** The same for magnitudes of any number of bits. `offsets` count from the byte of bit `at`. */
function takeWide(offsets: v128, at: usize): v128 {
  v128.store(WIDE, offsets);
  const from = MAGNITUDE_BITS + (at >> 3);
  for (let lane: usize = 0; lane < 16; lane += 4) store<u32>(WIDE + lane, <u32>bitsAt(from, load<u32>(WIDE + lane)));
  return v128.load(WIDE);
}

/** Decodes all magnitudes and signs to rows of `stride` bytes. `most`: bits of a magnitude. */
function decodeMagnitudes(quadsWide: i32, quadsHigh: i32, plane: i32, most: i32, rows: usize, stride: usize): void {
  const one = i32x4.splat(1);
  const two = i32x4.splat(2);
  let at: usize = 0;
  let quad = QUADS + 4;
  memory.fill(ABOVE, 0, <usize>(quadsWide + 2) << 2);
  for (let y = 0; y < quadsHigh; y++) {
    let above = ABOVE + 4;
    let target = rows;
    let carried: u32 = 0;
    let held: v128 = i32x4.splat(0);
    for (let x = 0; x < quadsWide; x++) {
      const word = load<u32>(quad);
      let values: v128 = i32x4.splat(0);
      if ((word & 0xf0) == 0) {
        store<u32>(above, carried);
        carried = 0;
      } else {
        const exponent = exponentOf(word, load<u32>(above), most);
        const significant = v128.load(LANES + (word & 0xf0));
        const bits = takeQuad(word, exponent, at);
        at += bitsOfQuad(word, exponent);
        const odd = v128.and(v128.or(bits, one), significant);
        const lower = <u32>i32x4.extract_lane(odd, 1);
        store<u32>(above - 4, load<u32>(above - 4) | lower);
        const right = <u32>i32x4.extract_lane(odd, 3);
        store<u32>(above, lower | right | carried);
        carried = right;
        // Twice the magnitude and the half that stands for the bits below.
        const magnitude = i32x4.shl(i32x4.add(odd, two), plane);
        const sign = i32x4.neg(v128.and(bits, one));
        values = v128.and(i32x4.sub(v128.xor(magnitude, sign), sign), significant);
      }
      if (x & 1) {
        v128.store(target, v128.shuffle<i32>(held, values, 0, 2, 4, 6));
        v128.store(target + stride, v128.shuffle<i32>(held, values, 1, 3, 5, 7));
        target += 16;
      }
      held = values;
      quad += 4;
      above += 4;
    }
    if (quadsWide & 1) {
      v128.store(target, v128.shuffle<i32>(held, held, 0, 2, 0, 2));
      v128.store(target + stride, v128.shuffle<i32>(held, held, 1, 3, 1, 3));
    }
    quad += 8;
    rows += 2 * stride;
  }
}

/** Decodes a cleanup segment into VALUES; false when it is none. */
function decodeCleanup(
  bytes: usize,
  byteLength: usize,
  width: i32,
  height: i32,
  plane: i32,
  most: i32,
  stride: usize,
): bool {
  if (byteLength < 2) return false;
  const end = bytes + byteLength;
  const tail = load<u16>(end - 2);
  const suffixBytes = (<usize>(tail >>> 8) << 4) | (<usize>tail & 15);
  if (suffixBytes < 2 || suffixBytes > MAX_SUFFIX_BYTES || suffixBytes > byteLength) return false;
  const quadsWide = (width + 1) >> 1;
  const quadsHigh = (height + 1) >> 1;
  const suffix = end - suffixBytes;
  // As many bits as the quads can take at most: so nothing that is decoded can lead beyond.
  const magnitudeBytes = ((<usize>(quadsWide * quadsHigh * most) << 2) + 7) >> 3;
  const codeBytes = (<usize>(((quadsWide + 1) >> 1) * quadsHigh) * MAX_PAIR_BITS + 11) >> 3;
  unstuffForward(bytes, suffix, MAGNITUDE_BITS, MAGNITUDE_BITS + magnitudeBytes, 0xff);
  // The bits that held the length read as ones.
  store<u16>(end - 2, tail | 0xff0f);
  unstuffBackward(suffix, end - 1, CODE_BITS, CODE_BITS + codeBytes);
  startRuns(suffix, end);
  zeros = nextRun();
  memory.fill(QUADS, 0, <usize>(quadsHigh * (quadsWide + 2)) << 2);
  const at = decodeFirstRow(quadsWide);
  decodeOtherRows(quadsWide, quadsHigh, at);
  store<u16>(end - 2, tail);
  decodeMagnitudes(quadsWide, quadsHigh, plane, most, VALUES, stride);
  return true;
}

/**
 * Decodes a high-throughput code-block into `output` as {@link decodeBlock} does others: `width * height` i32 in rows, twice
 * the coefficient, with the half that stands for the bits not decoded. A broken cleanup segment leaves zeros.
 *
 * @param segments Pairs of u32: bytes and coding passes of the cleanup segment, and of the one that refines it if there are
 *   two.
 * @param planes Magnitude bit-planes, 1 to 30.
 * @param cleanupPlane The one that the cleanup pass ends with, less than `planes`.
 */
export function decodeHtBlock(
  bytes: usize,
  segments: usize,
  segmentCount: i32,
  width: i32,
  height: i32,
  planes: i32,
  cleanupPlane: i32,
  style: i32,
  output: usize,
): void {
  const rowBytes = <usize>width << 2;
  const stride = (rowBytes + 15) & ~15;
  const byteLength = segmentCount > 0 ? <usize>load<u32>(segments) : 0;
  if (!decodeCleanup(bytes, byteLength, width, height, cleanupPlane, planes - cleanupPlane + 1, stride)) {
    memory.fill(output, 0, rowBytes * height);
    return;
  }
  if (segmentCount > 1 && cleanupPlane > 0) {
    const from = bytes + byteLength;
    const end = from + <usize>load<u32>(segments, 8);
    const both = load<u32>(segments, 12) > 1;
    const causal = (style & VERTICALLY_CAUSAL) != 0;
    refineBlock(from, end, both, width, height, causal, 1 << (cleanupPlane - 1), QUADS, VALUES, stride);
  }
  if (stride == rowBytes) {
    memory.copy(output, VALUES, rowBytes * height);
    return;
  }
  for (let y = 0; y < height; y++) memory.copy(output + y * rowBytes, VALUES + y * stride, rowBytes);
}
