/** A setting that cannot be read. The message names the setting and says what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** How a value is read. Both functions throw {@link ConfigError} with what is expected, without the setting's name. */
export interface ValueKind<T> {
  /** From an environment variable, or a flag whose value is no number. */
  fromText(text: string): T;
  /** From a configuration file or code, where a number is a number. */
  fromValue(value: unknown): T;
}

/** Bounds and special values of a number. */
export interface NumberOptions {
  /** Values outside are moved to the nearest bound in the environment, as iipsrv does, and are errors elsewhere. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Replaces single values before the bounds apply: `0` that means the default, `-1` that means no limit. */
  readonly special?: (value: number) => number | undefined;
}

/** Whole numbers. Text is read like C's `atoi`: what follows the digits is ignored. */
export function integer(options: NumberOptions = {}): ValueKind<number> {
  return numeric(/^\s*[+-]?\d+/, 'a whole number', Number.isInteger, options);
}

/** Any finite number; in text, what follows it is ignored. */
export function decimal(options: NumberOptions = {}): ValueKind<number> {
  return numeric(/^\s*[+-]?(?:\d+\.?\d*|\.\d+)/, 'a number', Number.isFinite, options);
}

function numeric(
  pattern: RegExp,
  expected: string,
  isValid: (value: number) => boolean,
  { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, special }: NumberOptions,
): ValueKind<number> {
  return {
    fromText(text) {
      const match = pattern.exec(text);
      if (!match) throw new ConfigError(`is ${JSON.stringify(text)}, not ${expected}`);
      const value = Number(match[0]);
      return special?.(value) ?? Math.min(maximum, Math.max(minimum, value));
    },
    fromValue(value) {
      if (typeof value !== 'number' || !isValid(value)) throw new ConfigError(`is ${show(value)}, not ${expected}`);
      const replaced = special?.(value);
      if (replaced !== undefined) return replaced;
      if (value < minimum || value > maximum) {
        throw new ConfigError(`is ${value}, outside ${minimum} to ${maximum}`);
      }
      return value;
    },
  };
}

/** `true` or `false`; in text also 1, yes, on and their opposites. */
export function flag(): ValueKind<boolean> {
  return {
    fromText(text) {
      if (/^\s*(?:true|yes|on|[+-]?0*[1-9]\d*)\s*$/i.test(text)) return true;
      if (/^\s*(?:false|no|off|[+-]?0+)?\s*$/i.test(text)) return false;
      throw new ConfigError(`is ${JSON.stringify(text)}, not 0 or 1`);
    },
    fromValue(value) {
      if (typeof value !== 'boolean') throw new ConfigError(`is ${show(value)}, not true or false`);
      return value;
    },
  };
}

/** Any text, taken as it is. */
export function text(): ValueKind<string> {
  return {
    fromText: (value) => value,
    fromValue(value) {
      if (typeof value !== 'string') throw new ConfigError(`is ${show(value)}, not text`);
      return value;
    },
  };
}

/** Text that goes into a header as it is: visible ASCII and spaces. */
export function headerText(): ValueKind<string> {
  const checked = (value: string): string => {
    if (!/^[ -~]*$/.test(value)) throw new ConfigError(`is ${show(value)}, which no header can hold`);
    return value;
  };
  return { fromText: checked, fromValue: (value) => checked(text().fromValue(value)) };
}

/** One of a few words. `codes` maps iipsrv's numbers to them; `otherwise` stands for all other numbers. */
export function choice<T extends string>(
  words: readonly T[],
  { codes = {}, otherwise }: { readonly codes?: Readonly<Record<string, T>>; readonly otherwise?: T } = {},
): ValueKind<T> {
  const find = (value: string): T | undefined => words.find((word) => word === value) ?? codes[value];
  return {
    fromText(value) {
      const found = find(value.trim().toLowerCase()) ?? (/^\s*[+-]?\d/.test(value) ? otherwise : undefined);
      if (found === undefined) throw new ConfigError(`is ${JSON.stringify(value)}, not one of ${words.join(', ')}`);
      return found;
    },
    fromValue(value) {
      const found = find(String(value));
      if (found === undefined) throw new ConfigError(`is ${show(value)}, not one of ${words.join(', ')}`);
      return found;
    },
  };
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
