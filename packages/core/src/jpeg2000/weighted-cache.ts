interface Entry<Value> {
  value: Value;
  weight: number;
}

/**
 * Keeps what was used last, as long as the weights together stay below a maximum. There are two generations: what is asked
 * for moves to the young one, and when that has half of the maximum, the old one goes. So a hit changes nothing, mostly.
 */
export class WeightedCache<Value> {
  readonly #half: number;
  readonly #weightOf: (value: Value) => number;
  #young = new Map<number, Entry<Value>>();
  #old = new Map<number, Entry<Value>>();
  #youngWeight = 0;

  constructor(maximum: number, weightOf: (value: Value) => number) {
    this.#half = maximum / 2;
    this.#weightOf = weightOf;
  }

  get(key: number): Value | undefined {
    const young = this.#young.get(key);
    if (young) return young.value;
    const old = this.#old.get(key);
    if (!old) return undefined;
    this.#old.delete(key);
    this.#insert(key, old);
    return old.value;
  }

  /** Adds a value, or weighs it again. It stays even when it alone is too heavy, until the next one comes. */
  set(key: number, value: Value): void {
    const known = this.#young.get(key);
    if (known) this.#youngWeight -= known.weight;
    else this.#old.delete(key);
    this.#insert(key, { value, weight: this.#weightOf(value) });
  }

  #insert(key: number, entry: Entry<Value>): void {
    if (this.#youngWeight > 0 && this.#youngWeight + entry.weight > this.#half) {
      this.#old = this.#young;
      this.#old.delete(key);
      this.#young = new Map();
      this.#youngWeight = 0;
    }
    this.#young.set(key, entry);
    this.#youngWeight += entry.weight;
  }
}
