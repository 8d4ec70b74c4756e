/** How urgent a log entry is; `VERBOSITY` 1 shows errors, warnings and notices, 2 requests, 3 details. */
export type LogLevel = 'error' | 'warn' | 'notice' | 'request' | 'detail';

/** Receives log entries. `fields` are plain data. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** From this `VERBOSITY` on every request is logged. */
export const REQUEST_VERBOSITY = 2;

const LEAST_VERBOSITY: Readonly<Record<LogLevel, number>> = {
  error: 1,
  warn: 1,
  notice: 1,
  request: REQUEST_VERBOSITY,
  detail: 3,
};

/** Settings of {@link createLog}. */
export interface LogOptions {
  readonly verbosity: number;
  readonly format: 'text' | 'json';
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/** A log that writes one line for each entry that `verbosity` lets through. */
export function createLog({ verbosity, format, write, now }: LogOptions): Log {
  return function log(level, message, fields = {}) {
    if (verbosity < LEAST_VERBOSITY[level]) return;
    const time = now().toISOString();
    write(
      format === 'json'
        ? `${JSON.stringify({ time, level, message, ...fields })}\n`
        : textLine(time, level, message, fields),
    );
  };
}

function textLine(time: string, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${quoteIfNeeded(value)}`);
  // Whatever clients send ends up here: control characters must not start new lines.
  return `${`${time} ${level} ${message}${pairs.join('')}`.replace(/\p{Cc}+/gu, ' ')}\n`;
}

function quoteIfNeeded(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return /[\s="]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text;
}
