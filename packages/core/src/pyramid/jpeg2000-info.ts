import { textOf } from '../bytes/text.ts';
import { downsampleOf } from '../geometry/level-size.ts';
import type { Size } from '../geometry/size.ts';
import type { Codestream } from '../jpeg2000/codestream.ts';
import { BLOCK_STYLE } from '../jpeg2000/coding-parameters.ts';
import { type Jp2File, UUID } from '../jpeg2000/jp2-file.ts';
import type { BandRange, ImageInfo, ImageMetadata, LevelInfo } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';

/** The file's own tiles are offered when both sides are in this range and they begin at the picture's corner. */
const SERVED_TILE_SIDES = { smallest: 128, largest: 512 };
const DEFAULT_TILE: Size = { width: 256, height: 256 };

/** Gathers what clients and planners need to know of an opened JPEG 2000 file. */
export function jpeg2000Info(file: Jp2File): ImageInfo {
  const { codestream, color } = file;
  const { bits, signed, bands } = color.color;
  const full = codestream.size(0);
  const tileSize = tileSizeOf(codestream);
  return {
    ...full,
    format: 'jpeg2000',
    bands: bands.length,
    dtype: dtypeOf(bits, signed),
    bitsPerSample: bits,
    color: color.model,
    extraSamples: color.extraSamples,
    ranges: bands.map(() => rangeOf(bits, signed)),
    levels: levelsOf(codestream, full, tileSize),
    tileSize,
    pages: [{ name: '', scale: 1 }],
    storage: storageOf(file),
    metadata: metadataOf(file),
  };
}

function dtypeOf(bits: number, signed: boolean): DType {
  if (bits <= 8) return signed ? 'int8' : 'uint8';
  if (bits <= 16) return signed ? 'int16' : 'uint16';
  return signed ? 'int32' : 'uint32';
}

function rangeOf(bits: number, signed: boolean): BandRange {
  if (signed) return { minimum: -(2 ** (bits - 1)), maximum: 2 ** (bits - 1) - 1 };
  return { minimum: 0, maximum: 2 ** Math.max(8, bits) - 1 };
}

/** One level for each resolution, down to a single pixel or to none. */
function levelsOf(codestream: Codestream, full: Size, tile: Size): LevelInfo[] {
  const levels: LevelInfo[] = [];
  for (let discard = 0; discard <= codestream.levels; discard++) {
    const { width, height } = codestream.size(discard);
    if (width < 1 || height < 1) break;
    levels.push({
      width,
      height,
      tileWidth: tile.width,
      tileHeight: tile.height,
      downsampleX: downsampleOf(full.width, width),
      downsampleY: downsampleOf(full.height, height),
      stored: true,
    });
    if (width === 1 && height === 1) break;
  }
  return levels;
}

function tileSizeOf({ main: { size }, pixelX, pixelY }: Codestream): Size {
  const { smallest, largest } = SERVED_TILE_SIDES;
  const width = size.tileWidth / pixelX;
  const height = size.tileHeight / pixelY;
  const aligned = size.tileX0 === size.x0 && size.tileY0 === size.y0;
  const served = (side: number): boolean => Number.isInteger(side) && side >= smallest && side <= largest;
  const tiled = size.tilesWide * size.tilesHigh > 1;
  return tiled && aligned && served(width) && served(height) ? { width, height } : DEFAULT_TILE;
}

function storageOf({ container, codestream, color }: Jp2File): ImageInfo['storage'] {
  const { size, parameters } = codestream.main;
  const reversible = parameters.coding.every((coding) => coding.reversible);
  const isHt = parameters.coding.some(({ blockStyle }) => (blockStyle & BLOCK_STYLE.highThroughput) !== 0);
  const { progression, layers } = parameters.tile;
  const tiles = size.tilesWide * size.tilesHigh > 1 ? `tiles ${size.tileWidth}x${size.tileHeight}` : 'one tile';
  return {
    compression: `${isHt ? 'HTJ2K' : 'JPEG 2000'} ${reversible ? '5/3 reversible' : '9/7 irreversible'}`,
    photometric: color.spaceName,
    layout: `${container}, ${tiles}, ${progression}, ${layers} quality ${layers === 1 ? 'layer' : 'layers'}`,
  };
}

function metadataOf({ codestream, header, uuids, xml }: Jp2File): ImageMetadata {
  const profile = header.colors.find((entry) => entry.kind === 'icc');
  const comment = codestream.main.segments.comments.join('\n').trim();
  const document = xml.map(textOf).join('\n').trim();
  return {
    text: { ...(comment === '' ? {} : { comment }), ...(document === '' ? {} : { xml: document }) },
    icc: profile?.profile,
    xmp: uuids.get(UUID.xmp),
    exif: withoutExifPrefix(uuids.get(UUID.exif)),
    geotiff: uuids.get(UUID.geotiff),
    density: header.density,
    orientation: 1,
  };
}

/** Some writers keep the `Exif\0\0` that belongs to JPEG. */
function withoutExifPrefix(bytes: Uint8Array | undefined): Uint8Array | undefined {
  const prefixed = bytes?.[0] === 0x45 && bytes[1] === 0x78 && bytes[4] === 0 && bytes[5] === 0;
  return prefixed ? bytes?.subarray(6) : bytes;
}
