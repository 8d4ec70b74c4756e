/** A bar on standard error for work that takes more than a second; silent when standard error is not a terminal. */
export interface ProgressBar {
  /** `done` from 0 to 1. */
  update(done: number): void;
  /** Removes the bar. */
  end(): void;
}

const QUIET_MILLISECONDS = 1000;
const REDRAW_MILLISECONDS = 100;
const BAR_CELLS = 30;

/** A bar with a label in front. */
export function progressBar(label: string, stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  const start = Date.now();
  let drawn = 0;
  return {
    update(done) {
      const now = Date.now();
      if (!stream.isTTY || now - start < QUIET_MILLISECONDS || now - drawn < REDRAW_MILLISECONDS) return;
      drawn = now;
      const share = Math.min(1, Math.max(0, done));
      const filled = Math.round(share * BAR_CELLS);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
      stream.write(`\r${label} ${bar} ${Math.round(share * 100)} %\x1b[K`);
    },
    end() {
      if (drawn > 0) stream.write('\r\x1b[K');
    },
  };
}
