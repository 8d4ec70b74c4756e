import { ImageError } from '@sectile/core/errors';
import { percentDecode, quoted } from '../percent.ts';
import type { ParsedRequest, ParseOptions, ProtocolInput } from '../protocol.ts';
import { parseTileFormat } from '../tile-format.ts';

/**
 * Zoomify: `{id}/ImageProperties.xml` and `{id}/TileGroup{n}/{tier}-{col}-{row}.{ext}`, tier 0 being one tile.
 * Viewers disagree about the group, and it says nothing that the rest does not: any number will do.
 *
 * @throws ImageError `request` for a tile that is not named like one.
 */
export function parseZoomify(input: ProtocolInput, options: ParseOptions): ParsedRequest {
  const path = percentDecode(input.path);
  const description = /^(.+)\/ImageProperties\.xml$/is.exec(path);
  if (description?.[1] !== undefined) {
    return { kind: 'describe', protocol: 'zoomify', image: description[1], descriptor: { kind: 'zoomify' } };
  }
  const cut = path.lastIndexOf('/TileGroup');
  if (cut <= 0) return { kind: 'no-match' };
  const name = path.slice(cut + 1);
  const match = /^TileGroup\d{1,10}\/(\d{1,4})-(\d{1,10})-(\d{1,10})\.([a-z]+)$/i.exec(name);
  if (match === null) throw new ImageError('request', `${quoted(name)} is not a Zoomify tile`);
  const [, tier, col, row, extension = ''] = match;
  return {
    kind: 'render',
    protocol: 'zoomify',
    image: path.slice(0, cut),
    request: {
      page: 0,
      level: { from: 'one-tile', index: Number(tier) },
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
