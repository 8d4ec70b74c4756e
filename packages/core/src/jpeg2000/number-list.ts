type Numbers = Int32Array | Uint32Array | Float64Array | Uint8Array;

/** Numbers in a row that grows. */
export class NumberList<Row extends Numbers> {
  /** Those from `length` on mean nothing. */
  row: Row;
  length = 0;

  constructor(row: Row) {
    this.row = row;
  }

  push(value: number): void {
    if (this.length === this.row.length) this.reserve(1);
    this.row[this.length++] = value;
  }

  /** Makes room for so many more behind `length`. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.row.length) return;
    const larger = new (this.row.constructor as new (length: number) => Row)(Math.max(needed, 2 * this.row.length));
    larger.set(this.row);
    this.row = larger;
  }

  /** A copy of the numbers, no longer than they are many. */
  toArray(): Row {
    return this.row.slice(0, this.length) as Row;
  }
}
