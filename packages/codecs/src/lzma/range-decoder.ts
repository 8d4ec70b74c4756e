const TOP = 2 ** 24;
const PROBABILITY_BITS = 11;
const ADAPTATION_SHIFT = 5;

/** Probabilities of bits, each 0 to 2048 and even at first. */
export function evenProbabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(1 << (PROBABILITY_BITS - 1));
}

/** The adaptive binary range decoder of LZMA. Beyond the end of its input it reads zeros; see {@link exhausted}. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #end = 0;
  #range = 0;
  #code = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Begins with five bytes at `start`, the first of which is 0. */
  start(start: number, end: number): void {
    this.#at = start + 1;
    this.#end = end;
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  /** True when what was decoded last rests on bytes that are not there. */
  get exhausted(): boolean {
    return this.#at > this.#end;
  }

  bit(probabilities: Uint16Array, index: number): 0 | 1 {
    const probability = probabilities[index]!;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    let bit: 0 | 1;
    if (this.#code < bound) {
      this.#range = bound;
      probabilities[index] = probability + ((2048 - probability) >> ADAPTATION_SHIFT);
      bit = 0;
    } else {
      this.#range -= bound;
      this.#code -= bound;
      probabilities[index] = probability - (probability >> ADAPTATION_SHIFT);
      bit = 1;
    }
    if (this.#range < TOP) this.#normalize();
    return bit;
  }

  /** `count` bits, most significant first, by a binary tree of probabilities that begins at `offset`. */
  tree(probabilities: Uint16Array, offset: number, count: number): number {
    let node = 1;
    for (let i = 0; i < count; i++) node = (node << 1) | this.bit(probabilities, offset + node);
    return node - (1 << count);
  }

  /** As {@link tree}, least significant bit first. */
  reverseTree(probabilities: Uint16Array, offset: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < count; i++) {
      const bit = this.bit(probabilities, offset + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** `count` bits of even probability, most significant first. */
  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit) this.#code -= this.#range;
      value = value * 2 + bit;
      if (this.#range < TOP) this.#normalize();
    }
    return value;
  }

  #normalize(): void {
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  #next(): number {
    const at = this.#at++;
    return at < this.#end ? this.#bytes[at]! : 0;
  }
}
