import { ImageError } from '../errors.ts';
import { columnsOf, rowsOf } from '../geometry/tile-grid.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { bytesPerSample, type DType, isFloat } from '../pixels/dtype.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { FieldToWrite, TiffWriter, WrittenSegment } from './writer.ts';

/** What a tiled pyramid looks like. */
export interface PyramidLayout {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly dtype: DType;
  /** Side of the square tiles in pixels, a multiple of 16 (TIFF 6.0, section 15). */
  readonly tileSize: number;
  /** TIFF Compression, and how a full tile becomes its bytes (edge tiles are padded by repeating the last pixel). */
  readonly compression: number;
  readonly encodeTile: (tile: PixelBuffer) => Uint8Array;
  /** TIFF Predictor that `encodeTile` applies. */
  readonly predictor?: 1 | 2 | 3 | undefined;
  readonly photometric: number;
  /** Further fields for every directory (YCbCrSubSampling, ExtraSamples ...), and for the first one only. */
  readonly fields?: readonly FieldToWrite[] | undefined;
  readonly firstFields?: readonly FieldToWrite[] | undefined;
  /** The picture is one page of a stack: its full size has NewSubfileType 2. */
  readonly page?: boolean | undefined;
}

/** Receives a picture from top to bottom and writes all levels of its pyramid. */
export interface PyramidSink {
  /** The next rows of the picture, full width. */
  push(rows: PixelBuffer): void;
  /** Writes what is left and one directory a level, full size first. The writer itself is not finished. */
  finish(): void;
}

/**
 * Levels halve, rounded up, by 2x2 averages until one tile remains. Memory: two rows of tiles a level, whatever the
 * size of the picture. Reduced levels carry NewSubfileType 1 and follow in the chain of directories.
 */
export function createPyramidSink(writer: TiffWriter, layout: PyramidLayout, kernels: Kernels): PyramidSink {
  if (layout.tileSize % 16 !== 0) throw new ImageError('request', 'The tile size must be a multiple of 16');
  const levels: Level[] = [];
  let { width, height } = layout;
  for (;;) {
    levels.push(createLevel({ ...layout, width, height }));
    if (width <= layout.tileSize && height <= layout.tileSize) break;
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
  }

  /** Fills tile rows of a level; each full one is written, halved and handed to the next level. */
  function pushTo(index: number, rows: PixelBuffer): void {
    const level = levels[index];
    if (!level) return;
    const rowSamples = level.layout.width * layout.bands;
    let taken = 0;
    while (taken < rows.height) {
      const count = Math.min(rows.height - taken, layout.tileSize - level.filled);
      level.band.data.set(
        rows.data.subarray(taken * rowSamples, (taken + count) * rowSamples) as never,
        level.filled * rowSamples,
      );
      level.filled += count;
      taken += count;
      if (level.filled === layout.tileSize) flush(index, level);
    }
  }

  function flush(index: number, level: Level): void {
    if (level.filled === 0) return;
    const samples = level.layout.width * layout.bands * level.filled;
    const band: PixelBuffer = { ...level.band, height: level.filled, data: level.band.data.subarray(0, samples) };
    level.filled = 0;
    writeTileRow(writer, level, band);
    if (index + 1 < levels.length) pushTo(index + 1, kernels.boxShrink(band, 2));
  }

  return {
    push: (rows) => pushTo(0, rows),
    finish() {
      for (const [index, level] of levels.entries()) flush(index, level);
      for (const [index, level] of levels.entries()) writer.addDirectory(directoryOf(level, index));
    },
  };
}

interface Level {
  readonly layout: PyramidLayout;
  /** One row of tiles, full width of the level. */
  readonly band: PixelBuffer;
  /** Rows of `band` that hold pixels. */
  filled: number;
  readonly segments: WrittenSegment[];
}

function createLevel(layout: PyramidLayout): Level {
  return {
    layout,
    band: createPixelBuffer(layout.width, layout.tileSize, layout.bands, layout.dtype),
    filled: 0,
    segments: [],
  };
}

function writeTileRow(writer: TiffWriter, level: Level, band: PixelBuffer): void {
  const { width, tileSize, encodeTile } = level.layout;
  for (let x = 0; x < width; x += tileSize) {
    const tile = cutTile(band, x, tileSize);
    level.segments.push(writer.writeSegment(encodeTile(tile)));
  }
}

/** A full tile from a band; what lies outside repeats the last column and row, which compresses best. */
function cutTile(band: PixelBuffer, x: number, tileSize: number): PixelBuffer {
  const { bands } = band;
  const tile = createPixelBuffer(tileSize, tileSize, bands, band.dtype);
  const columns = Math.min(tileSize, band.width - x);
  for (let row = 0; row < tileSize; row++) {
    const from = (Math.min(row, band.height - 1) * band.width + x) * bands;
    const to = row * tileSize * bands;
    tile.data.set(band.data.subarray(from, from + columns * bands) as never, to);
    const last = to + (columns - 1) * bands;
    for (let at = to + columns * bands; at < to + tileSize * bands; at += bands)
      tile.data.copyWithin(at, last, last + bands);
  }
  return tile;
}

/** Baseline and tile fields, TIFF 6.0 sections 8 and 15. */
function directoryOf(level: Level, index: number): readonly FieldToWrite[] {
  const { layout, segments } = level;
  const grid = { ...layout, tileWidth: layout.tileSize, tileHeight: layout.tileSize };
  if (segments.length !== columnsOf(grid) * rowsOf(grid)) {
    throw new ImageError('request', `Fewer rows were pushed than the ${layout.height} announced`);
  }
  const { bands, dtype } = layout;
  const perBand = (value: number): number[] => new Array<number>(bands).fill(value);
  const sampleFormat = isFloat(dtype) ? 3 : dtype.startsWith('int') ? 2 : 1;
  return [
    { tag: 254, type: 'long', values: [index > 0 ? 1 : layout.page ? 2 : 0] },
    { tag: 256, type: 'long', values: [layout.width] },
    { tag: 257, type: 'long', values: [layout.height] },
    { tag: 258, type: 'short', values: perBand(bytesPerSample(dtype) * 8) },
    { tag: 259, type: 'short', values: [layout.compression] },
    { tag: 262, type: 'short', values: [layout.photometric] },
    { tag: 277, type: 'short', values: [bands] },
    { tag: 284, type: 'short', values: [1] },
    ...(layout.predictor && layout.predictor > 1
      ? [{ tag: 317, type: 'short', values: [layout.predictor] } as const]
      : []),
    { tag: 322, type: 'long', values: [layout.tileSize] },
    { tag: 323, type: 'long', values: [layout.tileSize] },
    { tag: 324, type: 'offset', values: segments.map(({ byteOffset }) => byteOffset) },
    { tag: 325, type: 'long', values: segments.map(({ byteLength }) => byteLength) },
    { tag: 339, type: 'short', values: perBand(sampleFormat) },
    ...(layout.fields ?? []),
    ...(index === 0 ? (layout.firstFields ?? []) : []),
  ];
}
