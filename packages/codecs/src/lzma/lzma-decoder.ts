import { evenProbabilities, RangeDecoder } from './range-decoder.ts';

const STATES = 12;
const MAX_POSITION_STATES = 16;
const MIN_MATCH = 2;
/** First state that follows a match rather than a literal. */
const FIRST_MATCH_STATE = 7;

/** Where decoding goes on and how far. */
export interface LzmaChunk {
  /** Compressed bytes from `start` to `end` of the input. */
  readonly start: number;
  readonly end: number;
  /** Output from `from` to `to`. */
  readonly from: number;
  readonly to: number;
}

/**
 * The LZ77 part of LZMA (I. Pavlov, "LZMA specification", 2015). The output so far is the dictionary, so nothing is
 * copied twice.
 */
export class LzmaDecoder {
  readonly #range: RangeDecoder;
  readonly #output: Uint8Array;
  /** Bits of literal context, of literal position and of position: lc, lp, pb. */
  #literalContextBits = 3;
  #literalPositionMask = 0;
  #positionMask = 3;
  #literals: Uint16Array = evenProbabilities(0);
  #isMatch: Uint16Array = evenProbabilities(0);
  #isRepeat: Uint16Array = evenProbabilities(0);
  #isRepeat0: Uint16Array = evenProbabilities(0);
  #isRepeat0Long: Uint16Array = evenProbabilities(0);
  #isRepeat1: Uint16Array = evenProbabilities(0);
  #isRepeat2: Uint16Array = evenProbabilities(0);
  #slots: Uint16Array = evenProbabilities(0);
  #distances: Uint16Array = evenProbabilities(0);
  #alignment: Uint16Array = evenProbabilities(0);
  #matchLengths = new LengthDecoder();
  #repeatLengths = new LengthDecoder();
  #state = 0;
  #repeats: [number, number, number, number] = [0, 0, 0, 0];
  /** Where the dictionary begins in the output. */
  #dictionaryStart = 0;

  constructor(input: Uint8Array, output: Uint8Array) {
    this.#range = new RangeDecoder(input);
    this.#output = output;
  }

  /** Takes the byte (pb * 5 + lp) * 9 + lc. False when it is none. */
  setProperties(byte: number): boolean {
    if (byte >= 9 * 5 * 5) return false;
    const literalPositionBits = Math.floor(byte / 9) % 5;
    this.#literalContextBits = byte % 9;
    this.#literalPositionMask = (1 << literalPositionBits) - 1;
    this.#positionMask = (1 << Math.floor(byte / 45)) - 1;
    this.#literals = evenProbabilities(0x300 << (this.#literalContextBits + literalPositionBits));
    return true;
  }

  resetDictionary(start: number): void {
    this.#dictionaryStart = start;
  }

  resetState(): void {
    this.#state = 0;
    this.#repeats = [0, 0, 0, 0];
    this.#literals.fill(1024);
    this.#isMatch = evenProbabilities(STATES * MAX_POSITION_STATES);
    this.#isRepeat = evenProbabilities(STATES);
    this.#isRepeat0 = evenProbabilities(STATES);
    this.#isRepeat0Long = evenProbabilities(STATES * MAX_POSITION_STATES);
    this.#isRepeat1 = evenProbabilities(STATES);
    this.#isRepeat2 = evenProbabilities(STATES);
    this.#slots = evenProbabilities(4 * 64);
    this.#distances = evenProbabilities(128);
    this.#alignment = evenProbabilities(16);
    this.#matchLengths = new LengthDecoder();
    this.#repeatLengths = new LengthDecoder();
  }

  /** Returns the end of what was decoded: `to`, or where the data broke. */
  decode({ start, end, from, to }: LzmaChunk): number {
    const range = this.#range;
    range.start(start, end);
    let at = from;
    while (at < to) {
      const before = at;
      const positionState = (at - this.#dictionaryStart) & this.#positionMask;
      if (range.bit(this.#isMatch, this.#state * MAX_POSITION_STATES + positionState) === 0) {
        this.#output[at] = this.#readLiteral(at);
        at++;
      } else {
        const length = this.#readMatch(positionState);
        const distance = this.#repeats[0] + 1;
        if (length === 0 || distance > at - this.#dictionaryStart) return before;
        const stop = Math.min(to, at + length);
        for (; at < stop; at++) this.#output[at] = this.#output[at - distance]!;
      }
      if (range.exhausted) return before;
    }
    return at;
  }

  #readLiteral(at: number): number {
    const range = this.#range;
    const position = at - this.#dictionaryStart;
    const previous = position > 0 ? this.#output[at - 1]! : 0;
    const lowBits = (position & this.#literalPositionMask) << this.#literalContextBits;
    const offset = 0x300 * (lowBits + (previous >> (8 - this.#literalContextBits)));
    let symbol = 1;
    if (this.#state >= FIRST_MATCH_STATE) {
      // After a match the byte that would have gone on with it tells what to expect.
      let matched = position > this.#repeats[0] ? this.#output[at - this.#repeats[0] - 1]! : 0;
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = range.bit(this.#literals, offset + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | range.bit(this.#literals, offset + symbol);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
    return symbol & 0xff;
  }

  /** Reads a match and makes its distance the first of the four kept. Returns its length; 0 for the end marker. */
  #readMatch(positionState: number): number {
    const range = this.#range;
    const state = this.#state;
    const afterMatch = state >= FIRST_MATCH_STATE;
    const [first, second, third, fourth] = this.#repeats;
    if (range.bit(this.#isRepeat, state) === 0) {
      const length = this.#matchLengths.read(range, positionState);
      this.#repeats = [this.#readDistance(length), first, second, third];
      this.#state = afterMatch ? 10 : 7;
      return this.#repeats[0] === 0xffffffff ? 0 : length + MIN_MATCH;
    }
    if (range.bit(this.#isRepeat0, state) === 0) {
      if (range.bit(this.#isRepeat0Long, state * MAX_POSITION_STATES + positionState) === 0) {
        this.#state = afterMatch ? 11 : 9;
        return 1;
      }
    } else if (range.bit(this.#isRepeat1, state) === 0) {
      this.#repeats = [second, first, third, fourth];
    } else if (range.bit(this.#isRepeat2, state) === 0) {
      this.#repeats = [third, first, second, fourth];
    } else {
      this.#repeats = [fourth, first, second, third];
    }
    this.#state = afterMatch ? 11 : 8;
    return this.#repeatLengths.read(range, positionState) + MIN_MATCH;
  }

  #readDistance(length: number): number {
    const range = this.#range;
    const slot = range.tree(this.#slots, Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const directBits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** directBits;
    if (slot < 14) return high + range.reverseTree(this.#distances, high - slot, directBits);
    return high + range.direct(directBits - 4) * 16 + range.reverseTree(this.#alignment, 0, 4);
  }
}

/** Lengths less 2: 0 to 7 and 8 to 15 by position, 16 to 271. */
class LengthDecoder {
  readonly #choices = evenProbabilities(2);
  readonly #low = evenProbabilities(MAX_POSITION_STATES * 8);
  readonly #middle = evenProbabilities(MAX_POSITION_STATES * 8);
  readonly #high = evenProbabilities(256);

  read(range: RangeDecoder, positionState: number): number {
    if (range.bit(this.#choices, 0) === 0) return range.tree(this.#low, positionState * 8, 3);
    if (range.bit(this.#choices, 1) === 0) return 8 + range.tree(this.#middle, positionState * 8, 3);
    return 16 + range.tree(this.#high, 0, 8);
  }
}
