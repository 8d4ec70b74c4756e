/** Keeps what was used last, as long as the weights together stay below a maximum. */
export class WeightedCache<Key, Value> {
  readonly #maximum: number;
  readonly #weightOf: (value: Value) => number;
  readonly #entries = new Map<Key, Value>();
  #weight = 0;

  constructor(maximum: number, weightOf: (value: Value) => number) {
    this.#maximum = maximum;
    this.#weightOf = weightOf;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Adds a value; the oldest ones go until the rest fits. The new one stays even when it alone is too heavy. */
  set(key: Key, value: Value): void {
    const old = this.#entries.get(key);
    if (old !== undefined) {
      this.#weight -= this.#weightOf(old);
      this.#entries.delete(key);
    }
    this.#entries.set(key, value);
    this.#weight += this.#weightOf(value);
    for (const [oldest, weighed] of this.#entries) {
      if (this.#weight <= this.#maximum || this.#entries.size === 1) return;
      this.#entries.delete(oldest);
      this.#weight -= this.#weightOf(weighed);
    }
  }
}
