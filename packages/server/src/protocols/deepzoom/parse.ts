import { ImageError } from '@sectile/core/errors';
import { percentDecode, quoted } from '../percent.ts';
import type { ParsedRequest, ParseOptions, ProtocolInput } from '../protocol.ts';
import { parseTileFormat } from '../tile-format.ts';

/**
 * Deep Zoom: `{id}.dzi` and `{id}_files/{level}/{col}_{row}.{ext}`, level 0 being one pixel. Identifiers may hold
 * anything, `_files/` too: the last one counts.
 *
 * @throws ImageError `request` for a tile that is not named like one.
 */
export function parseDeepZoom(input: ProtocolInput, options: ParseOptions): ParsedRequest {
  const path = percentDecode(input.path);
  if (/.\.dzi$/i.test(path)) {
    const descriptor = { kind: 'deepzoom', format: descriptorFormat(options) } as const;
    return { kind: 'describe', protocol: 'deepzoom', image: path.slice(0, -'.dzi'.length), descriptor };
  }
  const cut = path.lastIndexOf('_files/');
  if (cut <= 0) return { kind: 'no-match' };
  const name = path.slice(cut + '_files/'.length);
  const match = /^(\d{1,4})\/(\d{1,10})_(\d{1,10})\.([a-z]+)$/i.exec(name);
  if (match === null) throw new ImageError('request', `${quoted(name)} is not a Deep Zoom tile`);
  const [, level, col, row, extension = ''] = match;
  return {
    kind: 'render',
    protocol: 'deepzoom',
    image: path.slice(0, cut),
    request: {
      page: 0,
      level: { from: 'one-pixel', index: Number(level) },
      region: { kind: 'tile', col: Number(col), row: Number(row) },
      size: { kind: 'native' },
      upscale: 'reject',
      adjustments: [],
      rotation: { mirror: false, degrees: 0 },
      quality: 'default',
      output: { format: parseTileFormat(extension, options), metadata: 'tile' },
    },
  };
}

/** Browsers do not show TIFF. */
function descriptorFormat({ defaultFormat }: ParseOptions): 'jpg' | 'png' | 'webp' | 'avif' {
  return defaultFormat === 'tif' ? 'jpg' : defaultFormat;
}
