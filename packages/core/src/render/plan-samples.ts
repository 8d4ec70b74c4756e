import type { EncodeOptions } from '../codec/codec.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import { isGray } from './plan-bands.ts';
import { ENCODER_FACTS, type EncoderFacts, type PlanOptions } from './plan-options.ts';
import { outputSpace, profileConversion } from './plan-profile.ts';
import type { Adjustment, RenderRequest } from './request.ts';

/** How the answer is compressed where it is a TIFF. There is no encoder for Zstandard: deflate stands in. */
export function tiffCompression({ output }: RenderRequest, options: PlanOptions): EncodeOptions['compression'] {
  if (output.format !== 'tif') return undefined;
  const wanted = output.compression ?? options.tiffCompression;
  return wanted === 'zstd' ? 'deflate' : wanted;
}

/** What the encoder of this answer takes. */
export function encoderFacts(request: RenderRequest, options: PlanOptions): EncoderFacts {
  const compression = tiffCompression(request, options);
  if (compression === 'jpeg') return { bands: [1, 3], dtypes: ['uint8'], alphaBands: [] };
  if (compression === 'webp') return { bands: [3], dtypes: ['uint8'], alphaBands: [] };
  return ENCODER_FACTS[request.output.format];
}

/**
 * True when the answer holds the samples as they are stored: of a TIFF, or where `native` is asked for, when nothing is
 * asked for that changes them and their colors need no conversion.
 */
export function keepsSamples(
  request: RenderRequest,
  info: ImageInfo,
  options: PlanOptions,
  facts: EncoderFacts,
): boolean {
  const { format, bits = format === 'tif' ? 'native' : 8 } = request.output;
  const isTurnedFreely = request.rotation.degrees % 90 !== 0;
  const isPlainColor = info.color === 'grayscale' || info.color === 'rgb' || info.color === 'multiband';
  return (
    bits === 'native' &&
    // AVIF has 10 bits for 16: what is shown, not what is stored.
    (format !== 'avif' || info.dtype === 'uint8') &&
    facts.dtypes.includes(info.dtype) &&
    isPlainColor &&
    (options.profiles === 'embed' || profileConversion(info, outputSpace(request, options)) === undefined) &&
    !info.extraSamples.includes('associated-alpha') &&
    request.adjustments.every(isNeutral) &&
    !isGray(request) &&
    !isTurnedFreely &&
    options.watermark === undefined &&
    options.compat === undefined
  );
}

/** True for an adjustment that changes nothing. */
export function isNeutral(adjustment: Adjustment): boolean {
  return (
    (adjustment.kind === 'contrast' && adjustment.gain === 1) ||
    (adjustment.kind === 'gamma' && adjustment.exponent === 1)
  );
}
