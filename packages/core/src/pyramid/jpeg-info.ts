import { reducedSize } from '../geometry/level-size.ts';
import { type JpegColor, jpegColor } from '../jpeg/color.ts';
import { mcuSize } from '../jpeg/frame-header.ts';
import type { JpegFile } from '../jpeg/jpeg-file.ts';
import type { ColorModel, ImageInfo, LevelInfo } from '../metadata/image-info.ts';

/** log2 of the strongest reduction that a decoder makes while decoding. */
export const MAX_DISCARD_LEVELS = 3;

const TILE_SIDE = 256;

const COLOR_MODELS: Readonly<Record<JpegColor, ColorModel>> = {
  grayscale: 'grayscale',
  ycbcr: 'rgb',
  rgb: 'rgb',
  cmyk: 'cmyk',
  ycck: 'cmyk',
  unknown: 'multiband',
};

const PHOTOMETRICS: Readonly<Record<JpegColor, string>> = {
  grayscale: 'grayscale',
  ycbcr: 'YCbCr',
  rgb: 'RGB',
  cmyk: 'CMYK',
  ycck: 'YCCK',
  unknown: 'components',
};

/**
 * Facts of a JPEG file. Its levels are the sizes that a decoder makes while decoding: full, 1/2, 1/4 and 1/8.
 *
 * @param inRows Segments are rows of MCUs; else each level is one segment.
 */
export function jpegInfo(file: JpegFile, inRows: boolean): ImageInfo {
  const { frame, color, metadata } = file;
  const { width, height, components } = frame;
  const meaning = jpegColor(frame, color);
  const bands = components.length;
  const levels = Array.from({ length: MAX_DISCARD_LEVELS + 1 }, (_, shift) => levelOf(file, shift, inRows));
  const distinct = levels.filter((level, i) => i === 0 || level.width < levels[i - 1]!.width);
  return {
    width,
    height,
    format: 'jpeg',
    bands,
    dtype: 'uint8',
    bitsPerSample: 8,
    color: COLOR_MODELS[meaning],
    extraSamples: [],
    ranges: components.map(() => ({ minimum: 0, maximum: 255 })),
    levels: distinct,
    tileSize: { width: TILE_SIDE, height: TILE_SIDE },
    pages: [{ name: '', scale: 1 }],
    storage: {
      compression: frame.coding === 'progressive' ? 'JPEG progressive' : 'JPEG',
      photometric: PHOTOMETRICS[meaning],
      layout: inRows ? 'rows' : 'whole',
    },
    metadata,
  };
}

function levelOf({ frame }: JpegFile, shift: number, inRows: boolean): LevelInfo {
  const size = reducedSize(frame, 2 ** shift);
  return {
    ...size,
    tileWidth: size.width,
    tileHeight: inRows ? segmentRows(mcuSize(frame).height) : size.height,
    downsampleX: 2 ** shift,
    downsampleY: 2 ** shift,
    stored: shift === 0,
  };
}

/** Rows of pixels of a segment: about a tile, whole MCUs at every level. */
function segmentRows(mcuHeight: number): number {
  return mcuHeight * Math.round(TILE_SIDE / mcuHeight);
}
