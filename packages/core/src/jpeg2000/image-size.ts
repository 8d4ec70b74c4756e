import type { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';

/** A component as SIZ declares it. */
export interface ComponentSize {
  /** Bits of a sample, 1 to 38. */
  readonly bits: number;
  readonly signed: boolean;
  /** XRsiz and YRsiz: steps on the reference grid from sample to sample. */
  readonly dx: number;
  readonly dy: number;
}

/** The SIZ marker segment (T.800 A.5.1): everything on the reference grid. */
export interface ImageSize {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly tileX0: number;
  readonly tileY0: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly tilesWide: number;
  readonly tilesHigh: number;
  readonly components: readonly ComponentSize[];
}

/** Parses the body of SIZ. @throws ImageError `malformed` | `unsupported` | `limit`. */
export function parseImageSize(cursor: ByteCursor, limits: Limits): ImageSize {
  cursor.skip(2); // Rsiz: profiles restrict, they change nothing; what extensions change shows in the coding styles.
  const x1 = cursor.uint32();
  const y1 = cursor.uint32();
  const x0 = cursor.uint32();
  const y0 = cursor.uint32();
  const tileWidth = cursor.uint32();
  const tileHeight = cursor.uint32();
  const tileX0 = cursor.uint32();
  const tileY0 = cursor.uint32();
  const componentCount = cursor.uint16();
  if (x1 <= x0 || y1 <= y0) throw new ImageError('malformed', 'SIZ declares an empty image');
  const tileFits = tileX0 <= x0 && tileY0 <= y0 && tileX0 + tileWidth > x0 && tileY0 + tileHeight > y0;
  if (tileWidth === 0 || tileHeight === 0 || !tileFits)
    throw new ImageError('malformed', 'SIZ declares a broken tile grid');
  assertWithin((x1 - x0) * (y1 - y0), limits.maxImagePixels, 'The number of pixels');
  const tilesWide = Math.ceil((x1 - tileX0) / tileWidth);
  const tilesHigh = Math.ceil((y1 - tileY0) / tileHeight);
  if (tilesWide * tilesHigh > 65535) throw new ImageError('malformed', 'SIZ declares more than 65535 tiles');
  if (componentCount === 0 || componentCount > 16384)
    throw new ImageError('malformed', 'SIZ declares no or too many components');
  assertWithin(componentCount, limits.maxBands, 'The number of components');
  const components = Array.from({ length: componentCount }, () => parseComponent(cursor));
  return { x0, y0, x1, y1, tileX0, tileY0, tileWidth, tileHeight, tilesWide, tilesHigh, components };
}

function parseComponent(cursor: ByteCursor): ComponentSize {
  const depth = cursor.uint8();
  const dx = cursor.uint8();
  const dy = cursor.uint8();
  const bits = (depth & 0x7f) + 1;
  if (dx === 0 || dy === 0) throw new ImageError('malformed', 'SIZ declares a subsampling of 0');
  if (bits > 38) throw new ImageError('malformed', `SIZ declares ${bits} bits a sample`);
  return { bits, signed: (depth & 0x80) !== 0, dx, dy };
}
