import type { OutputFormat } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { quoted } from './percent.ts';
import type { ParseOptions } from './protocol.ts';

/**
 * The format that a tile's file name extension asks for.
 *
 * @throws ImageError `request` when it is not served.
 */
export function parseTileFormat(extension: string, { outputFormats }: ParseOptions): OutputFormat {
  const wanted = extension.toLowerCase();
  const format = outputFormats.find((served) => served === (wanted === 'jpeg' ? 'jpg' : wanted));
  if (format === undefined) {
    throw new ImageError('request', `${quoted(extension)} is not a format that is served here`);
  }
  return format;
}
