// Deflate (RFC 1951) for filtered rows: literals and runs of one byte, in blocks with Huffman codes of their own.
// Photographs hold hardly any other matches, and flat areas become runs of zeros, so searching would cost and not pay.

import { canonicalCodes, huffmanLengths } from './huffman-lengths.as';

/** Tokens of a block: the codes adapt at this pace, which is that of zlib. Larger blocks are 3 in 100 larger files. */
const BLOCK_TOKENS = 1 << 14;
const MIN_RUN: usize = 4;
const MAX_RUN: usize = 258;

const LITERALS = 286;
const END_OF_BLOCK = 256;
const MAX_BITS = 15;
const CODE_LENGTH_SYMBOLS = 19;
const CODE_LENGTH_BITS = 7;

/** u16 each: a byte, or 256 + length - 3 of a run that goes on with the byte before it. */
const tokens: usize = memory.data(BLOCK_TOKENS * 2, 16);
const frequencies: usize = memory.data(LITERALS * 4, 16);
const lengths: usize = memory.data(LITERALS + 2, 16);
const codes: usize = memory.data(LITERALS * 2, 16);
/** What each of the 512 tokens is sent as: bits in the low 24, their number above. */
const tokenBits: usize = memory.data(512 * 4, 16);
/** By length - 3: symbol - 257 in the low byte, extra bits above; then the value of the extra bits. */
const runSymbols: usize = memory.data(256 * 2, 16);
const runExtras: usize = memory.data(256, 16);
let tablesReady = false;

/** Order in which the lengths of the code length code are sent (RFC 1951, 3.2.7). */
const codeLengthOrder: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
/** Code lengths as sent: symbol in the low byte, value of its extra bits above. */
const codeLengthTokens: usize = memory.data((LITERALS + 2) * 2, 16);
const codeLengthFrequencies: usize = memory.data(CODE_LENGTH_SYMBOLS * 4, 16);
const codeLengthLengths: usize = memory.data(CODE_LENGTH_SYMBOLS + 1, 16);
const codeLengthCodes: usize = memory.data(CODE_LENGTH_SYMBOLS * 2, 16);

let accumulator: u64 = 0;
let bitCount: u64 = 0;
let output: usize = 0;

/** Bytes that `byteLength` bytes can become at most, headers included. */
export function worstCase(byteLength: usize): usize {
  return byteLength * 2 + 1024;
}

/** Begins a stream of bits. */
export function beginBits(): void {
  accumulator = 0;
  bitCount = 0;
  if (!tablesReady) createRunTables();
}

/** Where the next whole byte goes. Bits that do not fill one are kept. */
export function setOutput(address: usize): void {
  output = address;
}

export function outputEnd(): usize {
  return output;
}

/** Fills the last byte with zeros. */
export function alignBits(): void {
  flush();
  if (bitCount > 0) store<u8>(output++, <u8>accumulator);
  accumulator = 0;
  bitCount = 0;
}

/** Writes blocks for the bytes from `from` to `end`; the last is marked as the last of all when `final` is true. */
export function deflateRuns(from: usize, end: usize, final: bool): void {
  if (from == end && final) writeBlock(0, true);
  while (from < end) {
    const next = tokenize(from, end);
    writeBlock(tokenCount, final && next == end);
    from = next;
  }
}

let tokenCount = 0;

/** Fills the list of tokens and counts symbols. Returns where it stopped. Reads up to 8 bytes beyond the end. */
function tokenize(from: usize, end: usize): usize {
  memory.fill(frequencies, 0, LITERALS * 4);
  let token = tokens;
  const lastToken = tokens + (BLOCK_TOKENS - 1) * 2;
  let byte: u32 = load<u8>(from++);
  store<u16>(token, <u16>byte);
  token += 2;
  count(byte);
  while (from < end && token <= lastToken) {
    const pattern: u32 = byte * 0x01010101;
    if (load<u32>(from) == pattern && from + MIN_RUN <= end) {
      const length = runLength(from, min(end, from + MAX_RUN), byte);
      store<u16>(token, <u16>(256 + length - 3));
      count(257 + load<u8>(runSymbols + ((length - 3) << 1)));
      from += length;
    } else {
      byte = load<u8>(from++);
      store<u16>(token, <u16>byte);
      count(byte);
    }
    token += 2;
  }
  tokenCount = <i32>((token - tokens) >> 1);
  return from;
}

// @ts-ignore: decorator
@inline
function count(symbol: u32): void {
  const slot = frequencies + (symbol << 2);
  store<u32>(slot, load<u32>(slot) + 1);
}

function runLength(from: usize, end: usize, byte: u32): usize {
  const pattern = <u64>byte * 0x0101010101010101;
  let at = from + MIN_RUN;
  while (at + 8 <= end) {
    const difference = load<u64>(at) ^ pattern;
    if (difference != 0) return at + <usize>(ctz(difference) >> 3) - from;
    at += 8;
  }
  while (at < end && <u32>load<u8>(at) == byte) at++;
  return at - from;
}

function writeBlock(tokenTotal: i32, final: bool): void {
  store<u32>(frequencies + END_OF_BLOCK * 4, 1);
  if (tokenTotal == 0) memory.fill(frequencies, 0, END_OF_BLOCK * 4);
  huffmanLengths(frequencies, LITERALS, MAX_BITS, lengths);
  canonicalCodes(lengths, LITERALS, codes);
  writeHeader(final);
  combineTokenBits();
  let bits = accumulator;
  let filled = bitCount;
  let to = output;
  let token = tokens;
  const end = tokens + (tokenTotal << 1);
  // Two tokens have 42 bits at most, and 7 may be waiting.
  for (; token + 4 <= end; token += 4) {
    const first = load<u32>(tokenBits + (<usize>load<u16>(token) << 2));
    bits |= <u64>(first & 0xffffff) << filled;
    filled += first >> 24;
    const second = load<u32>(tokenBits + (<usize>load<u16>(token, 2) << 2));
    bits |= <u64>(second & 0xffffff) << filled;
    filled += second >> 24;
    store<u64>(to, bits);
    to += <usize>(filled >> 3);
    bits >>= filled & 56;
    filled &= 7;
  }
  accumulator = bits;
  bitCount = filled;
  output = to;
  if (token < end) {
    const last = load<u32>(tokenBits + (<usize>load<u16>(token) << 2));
    putBits(last & 0xffffff, last >> 24);
  }
  putBits(load<u16>(codes + END_OF_BLOCK * 2), load<u8>(lengths + END_OF_BLOCK));
}

/** Joins code, extra bits and the one bit of the distance. */
function combineTokenBits(): void {
  for (let byte = 0; byte < 256; byte++) {
    const length: u32 = load<u8>(lengths + byte);
    store<u32>(tokenBits + (byte << 2), load<u16>(codes + (byte << 1)) | (length << 24));
  }
  for (let run = 0; run < 256; run++) {
    const entry = load<u16>(runSymbols + (run << 1));
    const symbol = 257 + (entry & 0xff);
    const extraBits: u32 = entry >> 8;
    const length: u32 = load<u8>(lengths + symbol);
    const bits: u32 = load<u16>(codes + (symbol << 1)) | (<u32>load<u8>(runExtras + run) << length);
    store<u32>(tokenBits + ((256 + run) << 2), bits | ((length + extraBits + 1) << 24));
  }
}

/** Block header with dynamic codes (RFC 1951, 3.2.7): one distance, 1, with a code of one bit. */
function writeHeader(final: bool): void {
  let literalCount = LITERALS;
  while (load<u8>(lengths + literalCount - 1) == 0) literalCount--;
  store<u8>(lengths + literalCount, 1);
  const tokenTotal = tokenizeLengths(literalCount + 1);
  store<u8>(lengths + literalCount, 0);
  huffmanLengths(codeLengthFrequencies, CODE_LENGTH_SYMBOLS, CODE_LENGTH_BITS, codeLengthLengths);
  canonicalCodes(codeLengthLengths, CODE_LENGTH_SYMBOLS, codeLengthCodes);
  let sent = CODE_LENGTH_SYMBOLS;
  while (sent > 4 && load<u8>(codeLengthLengths + load<u8>(codeLengthOrder + sent - 1)) == 0) sent--;
  putBits(final ? 1 : 0, 1);
  putBits(2, 2);
  putBits(literalCount - 257, 5);
  putBits(0, 5);
  putBits(sent - 4, 4);
  for (let i = 0; i < sent; i++) putBits(load<u8>(codeLengthLengths + load<u8>(codeLengthOrder + i)), 3);
  for (let i = 0; i < tokenTotal; i++) {
    const entry = load<u16>(codeLengthTokens + (i << 1));
    const symbol = entry & 0xff;
    putBits(load<u16>(codeLengthCodes + (symbol << 1)), load<u8>(codeLengthLengths + symbol));
    if (symbol == 17) putBits(entry >> 8, 3);
    else if (symbol == 18) putBits(entry >> 8, 7);
  }
}

/** Code lengths with runs of zeros shortened. Returns how many tokens there are. */
function tokenizeLengths(lengthCount: i32): i32 {
  memory.fill(codeLengthFrequencies, 0, CODE_LENGTH_SYMBOLS * 4);
  let total = 0;
  for (let i = 0; i < lengthCount; ) {
    let symbol: u32 = load<u8>(lengths + i);
    let extra: u32 = 0;
    let run = 1;
    if (symbol == 0) {
      while (run < 138 && i + run < lengthCount && load<u8>(lengths + i + run) == 0) run++;
      if (run >= 11) {
        symbol = 18;
        extra = run - 11;
      } else if (run >= 3) {
        symbol = 17;
        extra = run - 3;
      } else run = 1;
    }
    store<u16>(codeLengthTokens + (total++ << 1), <u16>(symbol | (extra << 8)));
    const slot = codeLengthFrequencies + (symbol << 2);
    store<u32>(slot, load<u32>(slot) + 1);
    i += run;
  }
  return total;
}

/** Appends up to 32 bits. */
function putBits(bits: u32, length: u32): void {
  accumulator |= <u64>bits << bitCount;
  bitCount += length;
  flush();
}

function flush(): void {
  store<u64>(output, accumulator);
  output += <usize>(bitCount >> 3);
  accumulator >>= bitCount & 56;
  bitCount &= 7;
}

/** Length codes (RFC 1951, 3.2.5): four symbols for each number of extra bits from 1 to 5, 258 by itself. */
function createRunTables(): void {
  let symbol: u32 = 0;
  let length: u32 = 0;
  for (let extraBits: u32 = 0; extraBits <= 5; extraBits++) {
    const symbols: u32 = extraBits == 0 ? 8 : 4;
    for (let i: u32 = 0; i < symbols; i++, symbol++) {
      for (let extra: u32 = 0; extra < <u32>1 << extraBits && length < 255; extra++, length++) {
        store<u16>(runSymbols + (length << 1), <u16>(symbol | (extraBits << 8)));
        store<u8>(runExtras + length, <u8>extra);
      }
    }
  }
  store<u16>(runSymbols + (255 << 1), 28);
  store<u8>(runExtras + 255, 0);
  tablesReady = true;
}
