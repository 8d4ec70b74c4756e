import type { OutputFormat } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { Adjustment, QualitySpec } from '@sectile/core/render';
import { quoted } from '../percent.ts';
import type { ParseOptions } from '../protocol.ts';

/** The last segment of an image request, understood. */
export interface QualityFormat {
  readonly quality: QualitySpec;
  readonly adjustments: readonly Adjustment[];
  readonly format: OutputFormat;
}

/** The qualities that iipsrv adds to the standard's. */
export const EXTRA_QUALITIES: Readonly<Record<string, Adjustment>> = {
  negative: { kind: 'invert' },
  stretch: { kind: 'stretch' },
  equalization: { kind: 'equalize' },
  log: { kind: 'log' },
};

/** `native` and `grey` are Image API 1's; iipsrv takes them in every version. */
const QUALITIES = new Map<string, QualitySpec>([
  ['default', 'default'],
  ['color', 'color'],
  ['gray', 'gray'],
  ['bitonal', 'bitonal'],
]);

const OLD_QUALITIES = new Map<string, QualitySpec>([
  ['native', 'default'],
  ['grey', 'gray'],
]);

/**
 * `quality.format` (Image API 2.1 and 3.0, 4.4 and 4.5). `acceptOld` admits the qualities of version 1 and a missing
 * format, for mount points that do not say which version the client speaks.
 *
 * @throws ImageError `request` for an unknown quality, and a format that is unknown or not served.
 */
export function parseQualityFormat(
  text: string,
  options: Pick<ParseOptions, 'outputFormats' | 'defaultFormat' | 'extraQualities'> & { readonly acceptOld: boolean },
): QualityFormat {
  const dot = text.lastIndexOf('.');
  const name = dot < 0 ? text : text.slice(0, dot);
  const quality = QUALITIES.get(name) ?? (options.acceptOld ? OLD_QUALITIES.get(name) : undefined);
  const extra = options.extraQualities && Object.hasOwn(EXTRA_QUALITIES, name) ? EXTRA_QUALITIES[name] : undefined;
  if (quality === undefined && extra === undefined) {
    throw new ImageError('request', `${quoted(name)} is not a IIIF quality that is served here`);
  }
  return {
    quality: quality ?? 'default',
    adjustments: extra === undefined ? [] : [extra],
    format: dot < 0 && options.acceptOld ? options.defaultFormat : parseFormat(text.slice(dot + 1), options),
  };
}

function parseFormat(text: string, { outputFormats }: Pick<ParseOptions, 'outputFormats'>): OutputFormat {
  const format = outputFormats.find((served) => served === text);
  if (format === undefined) {
    throw new ImageError('request', `${quoted(text)} is not a format that is served here: ${outputFormats.join(', ')}`);
  }
  return format;
}
