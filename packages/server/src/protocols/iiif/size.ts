import { ImageError } from '@sectile/core/errors';
import type { SizeSpec, UpscaleRule } from '@sectile/core/render';
import { quoted } from '../percent.ts';
import { parseDecimal, parseInteger } from './numeric.ts';

/** A IIIF size: what is wanted, and what to do when that is more than the region has. */
export interface IiifSize {
  readonly size: SizeSpec;
  readonly upscale: UpscaleRule;
}

/** What decides how a size is read. */
export interface SizeRules {
  readonly version: 2 | 3;
  readonly allowUpscaling: boolean;
  /** Read 2.1's `full` under 3.0 also: the mount point does not say which version the client speaks. */
  readonly acceptFull: boolean;
}

/**
 * The size segment. 3.0 (4.2): `max`, `w,`, `,h`, `pct:n`, `w,h`, `!w,h`, each with `^` before it to allow upscaling.
 * 2.1 (4.2): `full` and the same without `^`; upscaling is up to the server.
 *
 * @throws ImageError `request` for anything else, and for a size of 0.
 */
export function parseSize(text: string, rules: SizeRules): IiifSize {
  const { version, allowUpscaling } = rules;
  const caret = version === 3 && text.startsWith('^');
  const plain = caret ? text.slice(1) : text;
  const isFull = plain === 'full' && !caret && (version === 2 || rules.acceptFull);
  const size: SizeSpec | undefined = isFull ? { kind: 'max' } : parseSizeSpec(plain);
  if (size === undefined) throw new ImageError('request', `${quoted(text)} is not a IIIF ${version} size`);
  if (version === 3) return { size, upscale: caret && allowUpscaling ? 'allow' : 'reject' };
  // `max` and `full` never enlarge in 2.1.
  if (size.kind === 'max') return { size, upscale: 'reject' };
  return { size, upscale: allowUpscaling ? 'allow' : 'clamp' };
}

function parseSizeSpec(text: string): SizeSpec | undefined {
  if (text === 'max') return { kind: 'max' };
  if (text.startsWith('pct:')) {
    const percent = parseDecimal(text.slice(4));
    return percent ? { kind: 'percent', percent } : undefined;
  }
  const confined = text.startsWith('!');
  const [first, second, ...rest] = (confined ? text.slice(1) : text).split(',');
  if (first === undefined || second === undefined || rest.length > 0) return undefined;
  const width = parseInteger(first);
  const height = parseInteger(second);
  if (width && height) return { kind: confined ? 'fit' : 'exact', width, height };
  if (confined) return undefined;
  if (width && second === '') return { kind: 'width', width };
  if (height && first === '') return { kind: 'height', height };
  return undefined;
}
