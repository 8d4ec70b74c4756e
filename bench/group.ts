/** One way to do the job of its group. */
export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

/** Ways to do the same. */
export interface Group {
  readonly name: string;
  /** The first one is ours; ratios are relative to it. */
  readonly contenders: readonly Contender[];
}
