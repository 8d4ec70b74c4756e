import { assertWithin } from '@sectile/core';
import { ImageError, isImageError } from '@sectile/core/errors';
import { columnsOf, type Rect, rowsOf, type TileGrid, tileRect } from '@sectile/core/geometry';
import { isFloat, type PixelBuffer } from '@sectile/core/pixels';
import type { ImageInfo, ImageReader } from '@sectile/core/pyramid';
import { type LevelWindow, type RenderRequest, readWindow, type SampleReading } from '@sectile/core/render';
import type { ReadOptions } from '@sectile/core/source';
import { pageOfView, pagesThrough } from '../images/views.ts';
import { profileJson, reflectanceOf, spectraXml } from '../protocols/iip/samples.ts';
import { tileStreamOrder, tileStreamPart } from '../protocols/iip/tile-stream.ts';
import type { ParsedRequest } from '../protocols/protocol.ts';

/** IIP requests for numbers or for several tiles at once. */
export type DataRequest = Extract<ParsedRequest, { readonly kind: 'profile' | 'spectra' | 'tile-stream' }>;

/** What answering them needs. */
export interface DataContext extends SampleReading, ReadOptions {
  /** Makes a picture, from the caches where possible. */
  readonly makePicture: (request: RenderRequest) => Promise<Uint8Array>;
}

/** An answer that is no picture. */
export interface DataAnswer {
  readonly body: string | Uint8Array;
  readonly mediaType: string;
}

/**
 * Answers IIP `PFL`, `SPECTRA` and `TIL`.
 *
 * @throws ImageError `request` for positions outside the image, `limit` for too many of them.
 */
export async function iipData(reader: ImageReader, parsed: DataRequest, context: DataContext): Promise<DataAnswer> {
  switch (parsed.kind) {
    case 'profile':
      return { body: await profile(reader, parsed, context), mediaType: 'application/json' };
    case 'spectra':
      return { body: await spectra(reader, parsed, context), mediaType: 'application/xml' };
    case 'tile-stream':
      return { body: await tileStream(reader, parsed, context), mediaType: 'application/vnd.netfpx' };
  }
}

async function profile(
  reader: ImageReader,
  { iipResolution, line, view }: Extract<DataRequest, { kind: 'profile' }>,
  context: DataContext,
): Promise<string> {
  const level = levelOf(reader.info, iipResolution);
  const pages = await readPages(reader, pagesThrough(reader.info, view), { level: level.index, window: line }, context);
  return profileJson(
    pages.map(({ name, scale, pixels }) => ({ name, scale, samples: pixels.data, isFloat: isFloat(pixels.dtype) })),
  );
}

async function spectra(
  reader: ImageReader,
  { iipResolution, tile, x, y, view }: Extract<DataRequest, { kind: 'spectra' }>,
  context: DataContext,
): Promise<string> {
  const { grid, index } = levelOf(reader.info, iipResolution);
  if (x >= grid.tileWidth || y >= grid.tileHeight) throw new ImageError('request', 'The pixel lies outside the tile');
  const area = tileAt(grid, tile);
  if (x >= area.width || y >= area.height) return spectraXml([]);
  const window = { x: area.x + x, y: area.y + y, width: 1, height: 1 };
  const pages = await readPages(reader, pagesThrough(reader.info, view), { level: index, window }, context);
  const { bitsPerSample } = reader.info;
  return spectraXml(
    pages.map(({ name, pixels }) => ({
      name,
      reflectance: reflectanceOf(pixels.data[0] ?? 0, bitsPerSample, isFloat(pixels.dtype)),
    })),
  );
}

/** Tiles of 8 bits that JPEG can hold are sent as JPEG, all others as samples. */
async function tileStream(
  reader: ImageReader,
  { page: asked, view, iipResolution, firstTile, lastTile }: Extract<DataRequest, { kind: 'tile-stream' }>,
  context: DataContext,
): Promise<Uint8Array> {
  const { info } = reader;
  const { grid, index } = levelOf(info, iipResolution);
  const page = pageOfView(info, view, asked);
  const [first, last] = [tileAt(grid, firstTile), tileAt(grid, lastTile)];
  const height = Math.abs(last.y - first.y) + grid.tileHeight;
  assertWithin(
    (Math.abs(last.x - first.x) + grid.tileWidth) * height,
    context.limits.maxOutputPixels,
    'The pixels of the tiles',
  );
  const isJpeg = info.dtype === 'uint8' && (info.bands === 1 || info.bands === 3);
  const parts: Uint8Array[] = [];
  for (const tile of tileStreamOrder({ firstTile, lastTile }, columnsOf(grid))) {
    if (isJpeg) {
      const data = await context.makePicture(tileRequest(page, iipResolution, tile));
      parts.push(tileStreamPart({ iipResolution, tile, encoding: 'jpeg' }, data));
    } else {
      const { data } = await readWindow(reader, { page, level: index, window: tileAt(grid, tile) }, context, context);
      const encoding = data.BYTES_PER_ELEMENT === 2 ? 'raw-16' : 'raw';
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      parts.push(tileStreamPart({ iipResolution, tile, encoding }, bytes));
    }
  }
  return concatenate(parts);
}

interface PageSamples {
  readonly name: string;
  readonly scale: number;
  readonly pixels: PixelBuffer;
}

async function readPages(
  reader: ImageReader,
  wanted: readonly number[],
  { level, window }: Omit<LevelWindow, 'page'>,
  context: DataContext,
): Promise<readonly PageSamples[]> {
  const { pages, bands, views } = reader.info;
  assertWithin(wanted.length * window.width * window.height * bands, MAX_SAMPLES, 'The number of samples');
  const read: PageSamples[] = [];
  for (const page of wanted) {
    const { name, scale } = pages[page] ?? { name: '', scale: 1 };
    const pixels = await readWindow(reader, { page, level, window }, context, context).catch((error) => {
      // Not every horizontal view of a sequence is there at every height.
      if (views !== undefined && isImageError(error, 'not-found')) return undefined;
      throw error;
    });
    if (pixels) read.push({ name: name === '' ? String(page) : name, scale, pixels });
  }
  return read;
}

/** Samples of one answer in text. */
const MAX_SAMPLES = 2 ** 22;

/** A level in the tiles that clients are told of, which need not be those of the file. */
function levelOf({ levels, tileSize }: ImageInfo, iipResolution: number): { grid: TileGrid; index: number } {
  const index = levels.length - 1 - iipResolution;
  const level = levels[index];
  if (!level) throw new ImageError('not-found', 'No such resolution');
  const { width, height } = level;
  return { grid: { width, height, tileWidth: tileSize.width, tileHeight: tileSize.height }, index };
}

function tileAt(grid: TileGrid, tile: number): Rect {
  const columns = columnsOf(grid);
  if (tile >= columns * rowsOf(grid)) throw new ImageError('not-found', 'No such tile');
  return tileRect(grid, tile % columns, Math.floor(tile / columns));
}

function tileRequest(page: number, iipResolution: number, tile: number): RenderRequest {
  return {
    page,
    level: { from: 'smallest', index: iipResolution },
    region: { kind: 'tile-index', index: tile },
    size: { kind: 'native' },
    upscale: 'reject',
    adjustments: [],
    rotation: { mirror: false, degrees: 0 },
    quality: 'default',
    output: { format: 'jpg', metadata: 'tile' },
  };
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}
