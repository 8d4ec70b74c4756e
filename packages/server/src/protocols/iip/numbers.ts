import { ImageError } from '@sectile/core/errors';

/** The whole number that a text begins with, 0 when it begins with none: how IIP reads its numbers. */
export function leadingInteger(text: string): number {
  return finite(/^\s*[+-]?\d+/.exec(text)?.[0] ?? '0');
}

/** The number that a text begins with, decimals and exponent included; 0 when it begins with none. */
export function leadingNumber(text: string): number {
  return finite(/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.exec(text)?.[0] ?? '0');
}

/** Members of a list; IIP skips empty ones. */
export function splitList(text: string, separator: ',' | ';'): readonly string[] {
  return text.split(separator).filter((part) => part !== '');
}

function finite(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new ImageError('request', 'A number in the request is too large');
  return value;
}

/** C's `%.{digits}g`: significant digits without trailing zeros, with an exponent below 1e-4 and from 10^digits on. */
export function formatSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [mantissa = '0', power = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return trimZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
