import type { SampleLayout } from '../codec/encoded-segment.ts';
import { ImageError } from '../errors.ts';
import type { FieldValues } from './field-value.ts';
import { PHOTOMETRIC } from './photometric.ts';
import type { SampleType } from './sample-type.ts';

type Convert = SampleLayout['convert'];

/** Facts beside the fields themselves. */
export interface LayoutFacts {
  readonly type: SampleType;
  readonly storedBands: number;
  readonly planes: number;
  readonly photometric: number;
  /** The compression leaves plain bytes, not pixels. */
  readonly plainBytes: boolean;
  /** Old-style JPEG, whose decoders obey ReferenceBlackWhite; new-style ones take it for granted. */
  readonly oldJpeg: boolean;
  readonly littleEndian: boolean;
}

/** How decompressed bytes of a picture become samples. @throws ImageError `malformed` | `unsupported`. */
export function sampleLayoutOf(values: FieldValues, facts: LayoutFacts): SampleLayout {
  const { type, plainBytes } = facts;
  const fillOrder = values.requireNumber('FillOrder');
  return {
    ...type,
    littleEndian: facts.littleEndian,
    predictor: plainBytes ? predictorOf(values, type) : 1,
    reverseBits: plainBytes && fillOrder === 2,
    storedBands: facts.planes > 1 ? 1 : facts.storedBands,
    convert: convertOf(values, facts),
  };
}

function predictorOf(values: FieldValues, type: SampleType): 1 | 2 | 3 {
  const predictor = values.requireNumber('Predictor');
  switch (predictor) {
    case 1:
      return 1;
    case 2:
      if (![8, 16, 32, 64].includes(type.bitsPerSample)) {
        throw new ImageError('unsupported', `Horizontal differencing of ${type.bitsPerSample}-bit samples`);
      }
      return 2;
    case 3:
      if (type.sampleFormat !== 'float') {
        throw new ImageError('malformed', 'The floating point predictor on integer samples');
      }
      return 3;
    default:
      throw new ImageError('unsupported', `TIFF predictor ${predictor} is not supported`);
  }
}

function convertOf(values: FieldValues, facts: LayoutFacts): Convert {
  const { type, photometric } = facts;
  switch (photometric) {
    case PHOTOMETRIC.whiteIsZero:
      return { kind: 'invert' };
    case PHOTOMETRIC.palette:
      return paletteOf(values, type);
    case PHOTOMETRIC.ycbcr:
      return ycbcrOf(values, facts);
    case PHOTOMETRIC.cielab:
      return type.sampleFormat === 'uint' ? { kind: 'signed-lab' } : { kind: 'keep' };
    case PHOTOMETRIC.itulab:
      return ituLabToIccLab(values, type);
    default:
      return { kind: 'keep' };
  }
}

/** Tag ColorMap: all reds, then all greens, then all blues, 0 to 65535 (TIFF 6.0 section 5). */
function paletteOf(values: FieldValues, type: SampleType): Convert {
  if (type.sampleFormat !== 'uint' || type.bitsPerSample > 16) {
    throw new ImageError('unsupported', `A palette with indices of ${type.bitsPerSample} bits (${type.sampleFormat})`);
  }
  const colors = 2 ** type.bitsPerSample;
  const map = values.numbers('ColorMap');
  if (!map || map.length < 3 * colors) {
    throw new ImageError('malformed', `A palette needs ${3 * colors} ColorMap values but has ${map?.length ?? 0}`);
  }
  // Writers of old that took 8-bit values for granted: libtiff widens such maps, too.
  const factor = map.every((value) => value < 256) ? 257 : 1;
  const band = (index: number) =>
    Uint16Array.from(map.slice(index * colors, (index + 1) * colors), (value) => value * factor);
  return { kind: 'palette', red: band(0), green: band(1), blue: band(2) };
}

/** TIFF 6.0 sections 20 and 21. Image decoders convert by themselves, but for the range of the codes. */
function ycbcrOf(values: FieldValues, { type, plainBytes, oldJpeg }: LayoutFacts): Convert {
  const reference = values.numbers('ReferenceBlackWhite') ?? [];
  const complete = reference.length === 6 && [0, 2, 4].every((i) => (reference[i] ?? 0) < (reference[i + 1] ?? 0));
  const referenceBlackWhite = complete ? reference : FULL_RANGE;
  const usual = referenceBlackWhite.every((value, i) => value === FULL_RANGE[i]);
  if (!plainBytes && (usual || !oldJpeg)) return { kind: 'keep' };
  if (type.bitsPerSample !== 8 || type.sampleFormat !== 'uint') {
    throw new ImageError('unsupported', `YCbCr with samples of ${type.bitsPerSample} bits (${type.sampleFormat})`);
  }
  const [red = 0, green = 0, blue = 0] = values.numbers('YCbCrCoefficients') ?? [];
  if (!(red > 0 && green > 0 && blue > 0))
    throw new ImageError('malformed', 'YCbCr coefficients that are not positive');
  const subsampling = plainBytes ? storedSubsampling(values) : ([1, 1] as const);
  return { kind: 'ycbcr', subsampling, coefficients: [red, green, blue], referenceBlackWhite };
}

/** ReferenceBlackWhite where the tag is missing: luma 0 to 255, chroma around 128. */
const FULL_RANGE: readonly number[] = [0, 255, 128, 255, 128, 255];

function storedSubsampling(values: FieldValues): readonly [number, number] {
  const [across = 2, down = 2] = values.numbers('YCbCrSubSampling') ?? [];
  if (![1, 2, 4].includes(across) || ![1, 2, 4].includes(down)) {
    throw new ImageError('malformed', `YCbCr subsampling of ${across}x${down}`);
  }
  return [across, down];
}

/** ITULab maps 0 to 255 onto the ranges of tag Decode (RFC 3949 section 6.2.3); ICCLab has fixed ones. */
function ituLabToIccLab(values: FieldValues, type: SampleType): Convert {
  if (type.bitsPerSample !== 8 || type.sampleFormat !== 'uint') {
    throw new ImageError('unsupported', `ITULab with samples of ${type.bitsPerSample} bits (${type.sampleFormat})`);
  }
  const decode = values.numbers('Decode');
  const [minL = 0, maxL = 100, minA = -21760 / 255, maxA = 21590 / 255, minB = -19200 / 255, maxB = 31800 / 255] =
    decode ?? [];
  return {
    kind: 'affine',
    scale: [(maxL - minL) / 100, (maxA - minA) / 255, (maxB - minB) / 255],
    offset: [minL * 2.55, minA + 128, minB + 128],
  };
}

/** Chroma subsampling of bytes that are unpacked here; 1x1 for everything else. */
export function subsamplingOf(layout: SampleLayout): readonly [number, number] {
  return layout.convert.kind === 'ycbcr' ? layout.convert.subsampling : [1, 1];
}
