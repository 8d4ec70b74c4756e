import { ImageError } from '../errors.ts';
import { downsampleOf } from '../geometry/level-size.ts';
import type { Size } from '../geometry/size.ts';
import type { ImageInfo, LevelInfo, StackPage } from '../metadata/image-info.ts';
import type { ReadOptions } from '../source/range-source.ts';
import { compressionOf } from '../tiff/compression.ts';
import { bandRangesOf, metadataOf, noDataOf } from '../tiff/description.ts';
import { readExif } from '../tiff/exif.ts';
import type { FieldValues } from '../tiff/field-value.ts';
import { omePageNames } from '../tiff/ome.ts';
import { photometricOf } from '../tiff/photometric.ts';
import { describeGrid } from '../tiff/segment-grid.ts';
import { type TagName, tagsLoadedWith } from '../tiff/tags.ts';
import type { TiffFile, TiffLevel } from '../tiff/tiff-file.ts';

const DESCRIPTION_TAGS = tagsLoadedWith('description');
const PAGE_TAGS: readonly TagName[] = ['DocumentName', 'PageName', 'SToNits'];

/** Tile sizes of the file that are handed to clients; others make too many or too large requests. */
const SERVED_TILE_SIDES = { smallest: 64, largest: 1024 };
const DEFAULT_TILE: Size = { width: 256, height: 256 };

/** Gathers what clients and planners need to know of an opened TIFF file. */
export async function tiffInfo(file: TiffFile, options?: ReadOptions): Promise<ImageInfo> {
  const levels = await file.page(0);
  const [full] = levels;
  if (!full) throw new ImageError('malformed', 'The TIFF file holds no picture');
  const { picture } = full;
  const [values, pages, exif] = await Promise.all([
    file.values(full.directory, DESCRIPTION_TAGS, options),
    pagesOf(file, options),
    readExif(file, full.directory, options),
  ]);
  return {
    width: picture.width,
    height: picture.height,
    format: 'tiff',
    bands: picture.bands,
    dtype: picture.dtype,
    bitsPerSample: picture.type.bitsPerSample,
    color: picture.meaning.color,
    extraSamples: picture.meaning.extraSamples,
    ranges: bandRangesOf(values, picture),
    statesRanges: values.has('SMinSampleValue') || values.has('SMaxSampleValue'),
    noData: noDataOf(values),
    levels: levels.map((level) => levelInfo(picture, level)),
    tileSize: tileSizeOf(full),
    pages: withOmeNames(pages, values),
    storage: {
      compression: compressionOf(picture.compression).name,
      photometric: photometricOf(picture.photometric).name,
      layout: describeGrid(picture.grid),
    },
    metadata: metadataOf(values, exif),
  };
}

function levelInfo(full: Size, { picture }: TiffLevel): LevelInfo {
  const { width, height, grid, passThrough } = picture;
  return {
    width,
    height,
    tileWidth: grid.tileWidth,
    tileHeight: grid.tileHeight,
    downsampleX: downsampleOf(full.width, width),
    downsampleY: downsampleOf(full.height, height),
    stored: true,
    passThrough,
  };
}

function tileSizeOf({ picture: { grid } }: TiffLevel): Size {
  const { smallest, largest } = SERVED_TILE_SIDES;
  const served = (side: number) => side >= smallest && side <= largest;
  if (!grid.tiled || !served(grid.tileWidth) || !served(grid.tileHeight)) return DEFAULT_TILE;
  return { width: grid.tileWidth, height: grid.tileHeight };
}

/** OME-TIFF names its planes in the description of the first page. */
function withOmeNames(pages: readonly StackPage[], values: FieldValues): readonly StackPage[] {
  if (pages.length === 1 || pages.some(({ name }) => name !== '')) return pages;
  const names = omePageNames(values.text('ImageDescription') ?? '', pages.length);
  return names ? pages.map((page, index) => ({ ...page, name: names[index] ?? '' })) : pages;
}

async function pagesOf(file: TiffFile, options?: ReadOptions): Promise<readonly StackPage[]> {
  if (file.pageCount === 1) return [{ name: '', scale: 1 }];
  return Promise.all(
    Array.from({ length: file.pageCount }, async (_, page) => {
      const values = await file.pageValues(page, PAGE_TAGS, options);
      const name = values.text('DocumentName') ?? values.text('PageName') ?? '';
      return { name, scale: values.number('SToNits') ?? 1 };
    }),
  );
}
