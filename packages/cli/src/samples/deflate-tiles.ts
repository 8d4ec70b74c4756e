import { deflateSync } from 'node:zlib';
import { typescriptKernels } from '@sectile/core/codec';
import { createPixelBuffer, isFloat, type PixelBuffer } from '@sectile/core/pixels';
import { createPyramidSink, type FieldToWrite, type PyramidLayout, type TiffWriter } from '@sectile/core/tiff';

/** What a pyramid of deflated tiles holds. */
export interface DeflatedPicture extends Pick<PyramidLayout, 'width' | 'height' | 'bands' | 'dtype' | 'photometric'> {
  /** Writes the samples of row `y`; rows are asked for from top to bottom. */
  readonly drawRow: (y: number, row: PixelBuffer['data']) => void;
  readonly firstFields: readonly FieldToWrite[];
  /** The picture is a page of a stack. */
  readonly page?: boolean | undefined;
}

const DEFLATE = 8;
const TILE = 256;

/** Writes all levels of a picture; integers by horizontal differencing (TIFF predictor 2). */
export function writeDeflated(writer: TiffWriter, picture: DeflatedPicture, progress: (done: number) => void): void {
  const { width, height, bands, dtype, drawRow } = picture;
  const differenced = !isFloat(dtype);
  const sink = createPyramidSink(
    writer,
    {
      ...picture,
      tileSize: TILE,
      compression: DEFLATE,
      predictor: differenced ? 2 : 1,
      encodeTile: (tile) => deflate(differenced ? differencesOf(tile) : tile),
    },
    typescriptKernels,
  );
  const row = createPixelBuffer(width, 1, bands, dtype);
  for (let y = 0; y < height; y++) {
    drawRow(y, row.data);
    sink.push(row);
    if (y % 64 === 0) progress(y / height);
  }
  sink.finish();
}

/** Overwrites its input: a tile is not needed any more. */
function differencesOf(tile: PixelBuffer): PixelBuffer {
  const rowLength = tile.width * tile.bands;
  for (let row = tile.data.length - rowLength; row >= 0; row -= rowLength) {
    for (let i = rowLength - 1; i >= tile.bands; i--) tile.data[row + i]! -= tile.data[row + i - tile.bands]!;
  }
  return tile;
}

function deflate({ data }: PixelBuffer): Uint8Array {
  return deflateSync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
