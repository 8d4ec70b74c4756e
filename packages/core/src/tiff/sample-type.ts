import { ImageError } from '../errors.ts';
import type { BandRange } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import type { FieldValues } from './field-value.ts';

/** How one sample is stored, and the type that it is decoded to. */
export interface SampleType {
  readonly bitsPerSample: number;
  readonly sampleFormat: 'uint' | 'int' | 'float';
  readonly dtype: DType;
}

const SAMPLE_FORMATS: Readonly<Record<number, SampleType['sampleFormat']>> = {
  1: 'uint',
  2: 'int',
  3: 'float',
  4: 'uint', // "undefined": treated as unsigned, TIFF 6.0 section 19
};

/**
 * The type of all samples of a picture.
 *
 * @throws ImageError `unsupported` when samples differ from each other or have a width or format that we cannot decode.
 */
export function sampleTypeOf(values: FieldValues, bands: number): SampleType {
  const bitsPerSample = sameForAll(values, 'BitsPerSample', bands);
  const formatCode = sameForAll(values, 'SampleFormat', bands);
  const sampleFormat = SAMPLE_FORMATS[formatCode];
  if (!sampleFormat) throw new ImageError('unsupported', `TIFF sample format ${formatCode} is not supported`);
  if (bitsPerSample < 1) throw new ImageError('malformed', `Samples of ${bitsPerSample} bits`);
  const dtype = dtypeOf(sampleFormat, bitsPerSample);
  if (!dtype) {
    throw new ImageError('unsupported', `TIFF samples of ${bitsPerSample} bits (${sampleFormat}) are not supported`);
  }
  return { bitsPerSample, sampleFormat, dtype };
}

function dtypeOf(sampleFormat: SampleType['sampleFormat'], bits: number): DType | undefined {
  switch (sampleFormat) {
    case 'uint':
      return bits <= 8 ? 'uint8' : bits <= 16 ? 'uint16' : bits <= 32 ? 'uint32' : undefined;
    case 'int':
      return bits <= 8 ? 'int8' : bits <= 16 ? 'int16' : bits <= 32 ? 'int32' : undefined;
    case 'float':
      return bits === 16 || bits === 24 || bits === 32 ? 'float32' : bits === 64 ? 'float64' : undefined;
  }
}

/** The value that all bands share. Files with fewer values than bands mean the first one for the rest, as in libtiff. */
function sameForAll(values: FieldValues, name: 'BitsPerSample' | 'SampleFormat', bands: number): number {
  const [first = 1, ...rest] = values.numbers(name)?.slice(0, bands) ?? [];
  const other = rest.find((value) => value !== first);
  if (other !== undefined) {
    throw new ImageError('unsupported', `Bands with different ${name} (${first} and ${other}) are not supported`);
  }
  return first;
}

/** Lowest and highest value that a sample of this type can have once decoded; 0 to 1 for floats. */
export function fullRange(type: SampleType): BandRange {
  if (type.sampleFormat === 'float') return { minimum: 0, maximum: 1 };
  if (type.sampleFormat === 'int') {
    return { minimum: -(2 ** (type.bitsPerSample - 1)), maximum: 2 ** (type.bitsPerSample - 1) - 1 };
  }
  return { minimum: 0, maximum: 2 ** Math.max(8, type.bitsPerSample) - 1 };
}
