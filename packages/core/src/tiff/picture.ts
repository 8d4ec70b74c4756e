import type { RareTiffFields } from '../codec/codec.ts';
import type { SampleLayout } from '../codec/encoded-segment.ts';
import type { DecoderId } from '../codec/formats.ts';
import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { PassThroughInfo } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import { COMPRESSION, compressionOf, isByteCompression } from './compression.ts';
import type { FieldValues } from './field-value.ts';
import type { TiffHeader } from './header.ts';
import { type BandMeaning, bandMeaningOf, PHOTOMETRIC, photometricCodeOf, photometricOf } from './photometric.ts';
import { sampleLayoutOf, subsamplingOf } from './sample-layout.ts';
import { type SampleType, sampleTypeOf } from './sample-type.ts';
import { type SegmentGrid, segmentGridOf } from './segment-grid.ts';
import type { TagName } from './tags.ts';

/** Everything about the pixels of one directory that does not need the file any more. Plain data. */
export interface TiffPicture extends Size {
  readonly grid: SegmentGrid;
  readonly compression: number;
  readonly photometric: number;
  readonly codec: DecoderId;
  readonly storedBands: number;
  /** Bands and type after decoding: a palette index becomes three bands. */
  readonly bands: number;
  readonly dtype: DType;
  readonly type: SampleType;
  readonly meaning: BandMeaning;
  readonly layout: SampleLayout;
  /** Tag JPEGTables. */
  readonly tables: Uint8Array | undefined;
  readonly colorTransform: 'none' | 'ycbcr' | undefined;
  readonly rare: RareFields | undefined;
  readonly passThrough: PassThroughInfo | undefined;
}

/** What rare compressions need, but for the size of the segment. */
export type RareFields = Omit<RareTiffFields, 'width' | 'height'>;

/** Describes the picture of a directory. @throws ImageError `malformed` | `unsupported` | `limit`. */
export function pictureOf(values: FieldValues, header: TiffHeader, limits: Limits): TiffPicture {
  const size = pictureSizeOf(values);
  assertWithin(size.width * size.height, limits.maxImagePixels, 'Number of pixels');
  const compression = values.requireNumber('Compression');
  const { codec } = compressionOf(compression);
  const photometric = photometricCodeOf(values);
  const storedBands = storedBandsOf(values, photometric, limits);
  const meaning = bandMeaningOf(photometric, storedBands, {
    extraSamples: values.numbers('ExtraSamples') ?? [],
    inkSet: values.requireNumber('InkSet'),
  });
  const plainBytes = isByteCompression(codec);
  const planes = values.requireNumber('PlanarConfiguration') === 2 ? storedBands : 1;
  const type = decodedType(compression, sampleTypeOf(values, storedBands));
  const oldJpeg = compression === COMPRESSION.oldJpeg;
  const facts = { type, storedBands, planes, photometric, plainBytes, oldJpeg, littleEndian: header.littleEndian };
  const layout = sampleLayoutOf(values, facts);
  checkSubsampling(layout, storedBands, planes);
  const rowByteLength = codec === 'none' ? addressableRowBytes(size.width, layout) : undefined;
  // Decoding turns it into the encoding of the other.
  const color = layout.convert.kind === 'signed-lab' ? 'icclab' : meaning.color;
  const isPalette = layout.convert.kind === 'palette';
  const picture = {
    ...size,
    grid: segmentGridOf(values, size, { rowByteLength, planes }, limits),
    compression,
    photometric,
    codec,
    storedBands,
    bands: isPalette ? storedBands + 2 : storedBands,
    dtype: isPalette ? ('uint8' as const) : type.dtype,
    type,
    meaning: { ...meaning, color },
    layout,
    tables: values.bytes('JPEGTables'),
    colorTransform: colorTransformOf(
      codec,
      compression,
      layout.convert.kind === 'ycbcr' ? PHOTOMETRIC.rgb : photometric,
    ),
    rare: codec === 'tiff-rare' ? rareFieldsOf(values, { compression, photometric, storedBands, type }) : undefined,
  };
  return { ...picture, passThrough: passThroughOf(picture) };
}

/** Width and height of a directory's picture. */
export function pictureSizeOf(values: FieldValues): Size {
  const width = values.requireNumber('ImageWidth');
  const height = values.requireNumber('ImageLength');
  if (width < 1 || height < 1) throw new ImageError('malformed', `A picture of ${width}x${height} pixels`);
  return { width, height };
}

function storedBandsOf(values: FieldValues, photometric: number, limits: Limits): number {
  // Old-style JPEG writers left the tag out of their color pictures.
  const missing = !values.has('SamplesPerPixel') && photometric !== PHOTOMETRIC.separated;
  const bands = missing ? photometricOf(photometric).bands : values.requireNumber('SamplesPerPixel');
  if (bands < 1) throw new ImageError('malformed', 'A picture without bands');
  assertWithin(bands, limits.maxBands, 'Number of bands');
  return bands;
}

/** LogLuv decodes to ordinary 8-bit gray or RGB, whatever the tags say of its packed words. */
function decodedType(compression: number, type: SampleType): SampleType {
  if (compression !== COMPRESSION.logLuv && compression !== COMPRESSION.logLuv24) return type;
  return { bitsPerSample: 8, sampleFormat: 'uint', dtype: 'uint8' };
}

function checkSubsampling(layout: SampleLayout, storedBands: number, planes: number): void {
  const [across, down] = subsamplingOf(layout);
  if (across * down === 1) return;
  if (layout.predictor !== 1) throw new ImageError('unsupported', 'A predictor on subsampled YCbCr');
  if (storedBands !== 3 && planes === 1) {
    throw new ImageError('unsupported', `Subsampled YCbCr with ${storedBands} bands`);
  }
}

function addressableRowBytes(width: number, layout: SampleLayout): number | undefined {
  const [, down] = subsamplingOf(layout);
  return down === 1 ? Math.ceil((width * layout.storedBands * layout.bitsPerSample) / 8) : undefined;
}

function colorTransformOf(codec: DecoderId, compression: number, photometric: number): 'none' | 'ycbcr' | undefined {
  if (compression === COMPRESSION.aperioYcbcr) return 'ycbcr';
  if (codec !== 'jpeg' && codec !== 'jpeg2000') return undefined;
  if (codec === 'jpeg2000' && photometric !== PHOTOMETRIC.ycbcr) return undefined;
  return photometric === PHOTOMETRIC.ycbcr ? 'ycbcr' : 'none';
}

const RARE_TAGS: readonly (readonly [number, TagName])[] = [
  [258, 'BitsPerSample'],
  [284, 'PlanarConfiguration'],
  [292, 'T4Options'],
  [293, 'T6Options'],
  [339, 'SampleFormat'],
  [50674, 'LercParameters'],
];

function rareFieldsOf(
  values: FieldValues,
  facts: { compression: number; photometric: number; storedBands: number; type: SampleType },
): RareFields {
  const fields: Record<number, readonly number[]> = {};
  for (const [id, name] of RARE_TAGS) {
    const numbers = values.numbers(name);
    if (numbers) fields[id] = numbers;
  }
  const options = facts.compression === 4 ? 'T6Options' : 'T4Options';
  return {
    compression: facts.compression,
    photometric: facts.photometric,
    bands: values.number('PlanarConfiguration') === 2 ? 1 : facts.storedBands,
    bitsPerSample: facts.type.bitsPerSample,
    fillOrder: values.requireNumber('FillOrder') === 2 ? 2 : 1,
    faxOptions: values.requireNumber(options),
    fields,
  };
}

/** Stored tiles are pictures that any viewer shows right: 8 bit, gray or three colors, in one piece. */
function passThroughOf(picture: Omit<TiffPicture, 'passThrough'>): PassThroughInfo | undefined {
  const { grid, type, photometric, storedBands } = picture;
  if (!grid.tiled || grid.planes > 1 || type.bitsPerSample !== 8 || type.sampleFormat !== 'uint') return undefined;
  const gray = photometric === PHOTOMETRIC.blackIsZero && storedBands === 1;
  const color = photometric === PHOTOMETRIC.rgb || photometric === PHOTOMETRIC.ycbcr;
  if (picture.compression === COMPRESSION.jpeg) {
    return gray || (color && storedBands === 3) ? { format: 'jpg' } : undefined;
  }
  if (picture.compression === COMPRESSION.webp) {
    return color && (storedBands === 3 || storedBands === 4) ? { format: 'webp' } : undefined;
  }
  return undefined;
}
