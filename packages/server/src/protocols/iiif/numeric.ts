/** Digits only, as IIIF wants its integers; `undefined` for anything else. Numbers past 2^53 - 1 become that. */
export function parseInteger(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

/** Digits and one point (Image API 3.0, 4.7): no sign, no exponent. `undefined` for anything else. */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text)) return undefined;
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

/** The whole list parsed by `parse`, or `undefined` when it has not `count` members or one of them does not parse. */
export function parseList(
  text: string,
  count: number,
  parse: (part: string) => number | undefined,
): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const number = parse(part);
    if (number === undefined) return undefined;
    numbers.push(number);
  }
  return numbers.length === count ? numbers : undefined;
}

/** A number as canonical URIs have it: no exponent, no trailing zeros, a leading zero. At most 10 decimals. */
export function formatDecimal(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(10).replace(/\.?0+$/, '');
}
