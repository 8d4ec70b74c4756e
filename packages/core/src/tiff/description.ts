import type { BandRange, Density, ImageMetadata } from '../metadata/image-info.ts';
import type { FieldValues } from './field-value.ts';
import type { TiffPicture } from './picture.ts';
import { fullRange } from './sample-type.ts';
import type { TagName } from './tags.ts';

/** Text tags and the names they have for clients. */
const TEXT_KEYS: readonly (readonly [string, TagName])[] = [
  ['creator', 'Artist'],
  ['rights', 'Copyright'],
  ['date', 'DateTime'],
  ['description', 'ImageDescription'],
  ['title', 'DocumentName'],
  ['pagename', 'PageName'],
  ['software', 'Software'],
  ['make', 'Make'],
  ['model', 'Model'],
];

/** Metadata of the first page's full-size directory. */
export function metadataOf(values: FieldValues, exif: Uint8Array | undefined): ImageMetadata {
  const text: Record<string, string> = {};
  for (const [key, tag] of TEXT_KEYS) {
    const value = values.text(tag);
    if (value !== undefined) text[key] = value;
  }
  if (values.has('SToNits')) text['scale'] = `${values.number('SToNits') ?? 1}`;
  const orientation = values.requireNumber('Orientation');
  return {
    text,
    icc: values.bytes('ICCProfile'),
    xmp: values.bytes('XMP'),
    exif,
    density: densityOf(values),
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
  };
}

/** What the file says no data is (GDAL_NODATA: a number as text), `undefined` when it says nothing. */
export function noDataOf(values: FieldValues): number | undefined {
  const text = values.text('GdalNoData')?.trim() ?? '';
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
}

const DENSITY_UNITS: Readonly<Record<number, Density['unit']>> = { 1: 'none', 2: 'inch', 3: 'cm' };

function densityOf(values: FieldValues): Density | undefined {
  const x = values.number('XResolution') ?? 0;
  const y = values.number('YResolution') ?? 0;
  if (!(x > 0 && y > 0)) return undefined;
  return { x, y, unit: DENSITY_UNITS[values.requireNumber('ResolutionUnit')] ?? 'none' };
}

/** Conversions after which samples are of the type that is stored. */
const KEEPS_RANGES: readonly string[] = ['keep', 'invert', 'signed-lab'];

/**
 * Display range of each decoded band: what the type can hold, unless SMinSampleValue and SMaxSampleValue say what the
 * picture does hold. A single value is meant for all bands.
 */
export function bandRangesOf(values: FieldValues, picture: TiffPicture): readonly BandRange[] {
  const { type, layout, bands } = picture;
  if (!KEEPS_RANGES.includes(layout.convert.kind)) {
    return Array.from({ length: bands }, () => ({ minimum: 0, maximum: 255 }));
  }
  const full = fullRange(type);
  const lowest = values.numbers('SMinSampleValue') ?? [];
  const highest = values.numbers('SMaxSampleValue') ?? [];
  const scale = type.sampleFormat === 'uint' && type.bitsPerSample < 8 ? 255 / (2 ** type.bitsPerSample - 1) : 1;
  return Array.from({ length: bands }, (_, band) => {
    const minimum = (lowest[band] ?? lowest[0] ?? full.minimum / scale) * scale;
    const maximum = (highest[band] ?? highest[0] ?? full.maximum / scale) * scale;
    if (!(minimum < maximum)) return full;
    if (layout.convert.kind !== 'invert' || band > 0) return { minimum, maximum };
    const sum = full.minimum + full.maximum;
    return { minimum: sum - maximum, maximum: sum - minimum };
  });
}
