import { type Histogram, stretchRange } from '../color/histogram.ts';
import type { RgbSpace } from '../color/rgb-space.ts';
import { ImageError } from '../errors.ts';
import type { BandRange, ImageInfo } from '../metadata/image-info.ts';
import { type DType, isFloat } from '../pixels/dtype.ts';
import { convolutionStep } from '../processing/convolution-kernels.ts';
import { orderAdjustments } from '../processing/stage-order.ts';
import type { StageStep } from '../processing/stage-step.ts';
import { append, type StageChain } from './plan-bands.ts';
import type { EncoderFacts, PlanOptions } from './plan-options.ts';
import { outputSpace, profileConversion } from './plan-profile.ts';
import { isNeutral, keepsSamples } from './plan-samples.ts';
import type { Adjustment, HillshadeAdjustment, RenderRequest } from './request.ts';
import type { ResolvedView } from './resolved-view.ts';

/** What deciding tones needs to know. */
export interface ToneContext {
  readonly request: RenderRequest;
  readonly info: ImageInfo;
  readonly options: PlanOptions;
  readonly facts: EncoderFacts;
  /** Where the samples come from. */
  readonly view: ResolvedView;
}

/** Adjustments that are steps of their own; `range` and `stretch` set ranges, `equalize` follows resampling. */
type PixelAdjustment = Exclude<Adjustment, { kind: 'range' | 'stretch' | 'equalize' }>;

/**
 * Adds what changes sample values: color model to RGB, display range to 0..1, adjustments, then 8 or 16 bits. Samples
 * that already are what the encoder takes, and are not adjusted, stay as they are.
 */
export function addTones(chain: StageChain, context: ToneContext): StageChain {
  const { request, info, options, facts } = context;
  if (keepsSamples(request, info, options, facts)) return chain;
  const bits = outputBits(request, info, facts);
  const isCompat = options.compat === 'iipsrv';
  const asked = pixelAdjustments(request.adjustments);
  let next = shadeElevation(chain, asked, context);
  const isShaded = next !== chain;
  const converts = (options.profiles !== 'embed' || info.color === 'cmyk') && !isShaded;
  const space = outputSpace(request, options);
  const conversion = converts ? profileConversion(info, space) : undefined;
  if (conversion === undefined) next = toRgb(next, context);
  const adjustments = isShaded ? asked.filter(({ kind }) => kind !== 'hillshade') : asked;
  const ranges = isShaded ? next.state.ranges : displayRanges(next, context);
  const changed = adjustments.length > 0 || conversion !== undefined;
  const ready = !changed && isFullRange(next.state.dtype, ranges) && hasBits(next.state.dtype, bits);
  if (ready) return next;
  const quantize: StageStep = { kind: 'quantize', bits, ...(isCompat ? { truncate: true } : {}) };
  const dtype = bits === 8 ? 'uint8' : 'uint16';
  // iipsrv takes the upper byte unless something asks for floats, whatever range the file states.
  const takesUpperByte = isCompat && !changed && bits === 8 && isPlain16(next, context);
  if (takesUpperByte) return append(next, quantize, { dtype });
  if (next === chain || !ranges.every(isUnit)) {
    next = append(next, { kind: 'normalize', ranges, ...(isCompat ? { single: true } : {}) }, { dtype: 'float32' });
  }
  if (info.color === 'cmyk' && conversion === undefined && next.state.colors === 4) {
    next = append(next, { kind: 'cmyk-to-rgb' }, { colors: 3 });
  }
  if (next.state.alpha === 'associated' && changed) {
    next = append(next, { kind: 'unpremultiply' }, { alpha: 'unassociated' });
  }
  if (conversion !== undefined) {
    const colors = 'table' in conversion ? 3 : next.state.colors;
    next = append(next, { kind: 'icc-to-rgb', conversion, ...spaceOf(space, colors) }, { colors });
  }
  for (const adjustment of adjustments) next = addAdjustment(next, adjustment);
  return append(next, quantize, { dtype });
}

/**
 * Light on a single band, which is taken for elevations in their own unit; what comes out is 0 to 1, without alpha. The
 * chain itself where no light is asked for or three bands are a map of normals.
 */
function shadeElevation(
  chain: StageChain,
  adjustments: readonly PixelAdjustment[],
  { info, view }: ToneContext,
): StageChain {
  const light = adjustments.find(isHillshade);
  if (light === undefined || chain.state.colors >= 3) return chain;
  const { downsampleX, downsampleY } = info.levels[view.level] ?? { downsampleX: 1, downsampleY: 1 };
  const { azimuthDegrees, altitudeDegrees, verticalExaggeration = 1, cellSize = 1 } = light;
  const step: StageStep = {
    kind: 'elevation-hillshade',
    azimuthDegrees,
    altitudeDegrees,
    verticalExaggeration,
    cellSize: (cellSize * (downsampleX + downsampleY)) / 2,
    ...(info.noData === undefined ? {} : { noData: info.noData }),
  };
  return append(chain, step, { dtype: 'float32', colors: 1, alpha: 'none', ranges: [UNIT] });
}

function isHillshade(adjustment: PixelAdjustment): adjustment is HillshadeAdjustment {
  return adjustment.kind === 'hillshade';
}

const UNIT: BandRange = { minimum: 0, maximum: 1 };

function isUnit({ minimum, maximum }: BandRange): boolean {
  return minimum === 0 && maximum === 1;
}

/** 16-bit samples that no request maps to a range of its own. */
function isPlain16({ state }: StageChain, { request, info }: ToneContext): boolean {
  return (
    state.dtype === 'uint16' &&
    info.bitsPerSample === 16 &&
    info.color !== 'cmyk' &&
    !request.adjustments.some(({ kind }) => kind === 'range' || kind === 'stretch')
  );
}

function outputBits(request: RenderRequest, info: ImageInfo, facts: EncoderFacts): 8 | 16 {
  if (!facts.dtypes.includes('uint16')) return 8;
  const wanted = request.output.bits ?? 8;
  if (wanted !== 'native') return wanted;
  return info.dtype === 'uint8' || info.dtype === 'int8' ? 8 : 16;
}

function hasBits(dtype: DType, bits: 8 | 16): boolean {
  return dtype === (bits === 8 ? 'uint8' : 'uint16');
}

function isFullRange(dtype: DType, ranges: readonly BandRange[]): boolean {
  const white = dtype === 'uint8' ? 255 : 65535;
  return (
    (dtype === 'uint8' || dtype === 'uint16') &&
    ranges.every(({ minimum, maximum }) => minimum === 0 && maximum === white)
  );
}

/** Gray is the same in all spaces. */
function spaceOf(space: RgbSpace, colors: number): { readonly space?: RgbSpace } {
  return space === 'srgb' || colors < 3 ? {} : { space };
}

function toRgb(chain: StageChain, { request, info, options }: ToneContext): StageChain {
  const { state } = chain;
  if (info.color === 'cmyk' && isFullRange(state.dtype, state.ranges)) {
    return append(chain, { kind: 'cmyk-to-rgb' }, { colors: 3, ranges: state.ranges.slice(1) });
  }
  if (info.color !== 'cielab' && info.color !== 'icclab') return chain;
  const step: StageStep = {
    kind: 'cielab-to-rgb',
    encoding: info.color,
    bits: labBits(state.dtype),
    ...(options.compat === 'iipsrv' ? { white: 'd65' as const } : {}),
    ...spaceOf(outputSpace(request, options), 3),
  };
  return append(chain, step, { dtype: 'float32', ranges: [UNIT, UNIT, UNIT, ...state.ranges.slice(3)] });
}

function labBits(dtype: DType): 8 | 16 | 32 {
  if (isFloat(dtype)) return 32;
  if (dtype === 'uint8' || dtype === 'int8') return 8;
  return dtype === 'uint16' || dtype === 'int16' ? 16 : 32;
}

/** The range shown of each band. `range` counts in stored units, so it says nothing about CIELAB and is left out. */
function displayRanges(chain: StageChain, { request, info, options }: ToneContext): readonly BandRange[] {
  const { colors } = chain.state;
  const ranges = [...chain.state.ranges];
  const isLab = info.color === 'cielab' || info.color === 'icclab';
  for (const adjustment of request.adjustments) {
    if (adjustment.kind !== 'range' || isLab) continue;
    const { band, minimum, maximum } = adjustment;
    for (let i = 0; i < colors; i++) {
      if (band === 'all' || band === i) ranges[i] = { minimum, maximum };
    }
  }
  if (!request.adjustments.some(({ kind }) => kind === 'stretch')) return ranges;
  const held = options.extents ?? requireHistograms(options);
  const joint = held.length === 1 ? held[0] : undefined;
  return ranges.map((range, i) => {
    const own = joint ?? held[i];
    return i < colors && own !== undefined ? stretchRange(own, range) : range;
  });
}

function requireHistograms({ histograms = [] }: PlanOptions): readonly [Histogram, ...Histogram[]] {
  const [first, ...others] = histograms;
  if (first === undefined) throw new ImageError('request', 'This needs a histogram of the image');
  return [first, ...others];
}

/**
 * The histogram of the first so many bands together, or a `request` error: who plans `stretch` or `equalize` supplies
 * histograms.
 */
export function jointHistogram(options: PlanOptions, colors: number): Histogram {
  const [first, ...others] = requireHistograms(options);
  return others
    .slice(0, colors - 1)
    .reduce((sum, histogram) => sum.map((count, bin) => count + histogram[bin]!), first);
}

function pixelAdjustments(adjustments: readonly Adjustment[]): readonly PixelAdjustment[] {
  // Stretching replaces a gain: the range already fills the display.
  const stretched = adjustments.some(({ kind }) => kind === 'stretch');
  const wanted = adjustments
    .filter(isPixelAdjustment)
    .filter((adjustment) => !isNeutral(adjustment) && !(stretched && adjustment.kind === 'contrast'));
  return orderAdjustments(wanted);
}

function isPixelAdjustment(adjustment: Adjustment): adjustment is PixelAdjustment {
  return adjustment.kind !== 'range' && adjustment.kind !== 'stretch' && adjustment.kind !== 'equalize';
}

function addAdjustment(chain: StageChain, adjustment: PixelAdjustment): StageChain {
  const { colors, alpha } = chain.state;
  const scope = alpha === 'none' ? {} : { colorBands: colors };
  switch (adjustment.kind) {
    case 'hillshade': {
      const { kind, azimuthDegrees, altitudeDegrees } = adjustment;
      return append(chain, { kind, azimuthDegrees, altitudeDegrees, ...scope }, { colors: 1 });
    }
    case 'color-twist':
      return append(chain, { ...adjustment, ...scope }, { colors: adjustment.matrix.length });
    case 'colormap':
      return append(chain, { ...adjustment, ...scope }, { colors: 3 });
    case 'convolution':
      return append(chain, { ...convolutionStep(adjustment.kernel), ...scope });
    default:
      return append(chain, { ...adjustment, ...scope });
  }
}
