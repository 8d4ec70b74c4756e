import type { ParseArgsConfig } from 'node:util';

/** Wrong use of the command line: exit 2, with a hint to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command gets. */
export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  /** `--json` was given: print one JSON document to standard output and nothing else there. */
  readonly json: boolean;
  /** Fires on SIGINT, which from this call on does not end the process any more. */
  interrupted(): AbortSignal;
}

/** One subcommand: its options, its help, what it does. */
export interface Command {
  /** After `sectile `, for the usage line: `info <file>`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** One line for each option, and examples. */
  readonly help: string;
  run(invocation: Invocation): Promise<void>;
}

/** A text option, or undefined. */
export function textOption(invocation: Invocation, name: string): string | undefined {
  const value = invocation.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option that is one of these words, or undefined. */
export function choiceOption<const Choice extends string>(
  invocation: Invocation,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(invocation, name);
  const found = choices.find((choice) => choice === text);
  if (text !== undefined && found === undefined) {
    throw new UsageError(`--${name} takes ${choices.join(', ')}, not "${text}"`);
  }
  return found;
}

/** A whole number option within bounds (inclusive), or undefined. */
export function wholeOption(
  invocation: Invocation,
  name: string,
  bounds: { readonly min: number; readonly max?: number },
): number | undefined {
  const text = textOption(invocation, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  const max = bounds.max ?? Number.MAX_SAFE_INTEGER;
  if (!/^-?\d+$/.test(text) || value < bounds.min || value > max) {
    const range = bounds.max === undefined ? `of at least ${bounds.min}` : `from ${bounds.min} to ${bounds.max}`;
    throw new UsageError(`--${name} takes a whole number ${range}, not "${text}"`);
  }
  return value;
}

/** A decimal number option within bounds (inclusive), or undefined. */
export function decimalOption(
  invocation: Invocation,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textOption(invocation, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?\d*\.?\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name} takes a number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}

/** The one positional argument that a command takes. */
export function onlyPositional(invocation: Invocation, what: string): string {
  const [first, ...rest] = invocation.positionals;
  if (first === undefined) throw new UsageError(`${what} is missing`);
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many`);
  return first;
}
