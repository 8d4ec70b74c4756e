import { equalizeLut, otsuThreshold } from '../color/histogram.ts';
import type { BandRange, ImageInfo } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import type { StageStep } from '../processing/stage-step.ts';
import {
  append,
  chooseBands,
  expandGray,
  fitAlpha,
  fitColors,
  inSampleUnits,
  isGray,
  type StageChain,
} from './plan-bands.ts';
import type { EncoderFacts, PlanOptions } from './plan-options.ts';
import { replacesColors } from './plan-profile.ts';
import { encoderFacts, keepsSamples } from './plan-samples.ts';
import { addTones, jointHistogram } from './plan-tones.ts';
import { watermarkStep } from './plan-watermark.ts';
import type { RenderRequest } from './request.ts';
import type { ResolvedView } from './resolved-view.ts';

/** The processing of a plan, and what comes out of it. */
export interface StagePlan {
  /** Before resampling. */
  readonly stages: readonly StageStep[];
  /** After resampling. */
  readonly finish: readonly StageStep[];
  /** While resampling, the last band is unassociated alpha. */
  readonly premultiply: boolean;
  /** In the answer, the last band is unassociated alpha. */
  readonly alpha: boolean;
  /** Of an answer that holds the samples as they are stored: what is black and white of each band. */
  readonly storedRanges?: readonly BandRange[] | undefined;
  /** Color bands of the answer. */
  readonly colors: number;
  /** The colors are no longer those that the image's ICC profile describes. */
  readonly recolored: boolean;
}

/**
 * The stages that turn decoded samples into what the encoder takes, in one order for tiles and exports: bands, color
 * model to RGB, normalize, adjustments, quantize, alpha; after resampling grayscale, threshold, equalize, mirror,
 * turn.
 *
 * @param view Where samples come from.
 * @throws ImageError `request` for adjustments that do not fit the image, or need a histogram that is not given.
 */
export function planStages(
  request: RenderRequest,
  info: ImageInfo,
  options: PlanOptions,
  view: ResolvedView,
): StagePlan {
  const facts = encoderFacts(request, options);
  let chain = addTones(chooseBands(request, info, facts), { request, info, options, facts, view });
  chain = fitAlpha(fitColors(chain, request, facts), facts, options.background);
  const before = chain;
  chain = addQuality({ steps: [], state: chain.state }, request, options);
  chain = expandGray(addOrientation(chain, request, options, facts), facts);
  if (options.watermark !== undefined) {
    const step = watermarkStep(options.watermark, view, info.tileSize);
    chain = append(chain, { ...step, colorBands: chain.state.colors });
  }
  return {
    stages: before.steps,
    finish: chain.steps,
    premultiply: before.state.alpha !== 'none',
    alpha: chain.state.alpha !== 'none',
    colors: chain.state.colors,
    ...(keepsSamples(request, info, options, facts) ? { storedRanges: chain.state.ranges } : {}),
    recolored:
      replacesColors(request.adjustments) ||
      isGray(request) ||
      info.color === 'cmyk' ||
      info.color === 'cielab' ||
      info.color === 'icclab',
  };
}

function addQuality(chain: StageChain, request: RenderRequest, options: PlanOptions): StageChain {
  let next = chain;
  if (isGray(request) && next.state.colors === 3) next = append(next, { kind: 'grayscale' }, { colors: 1 });
  const scope = next.state.alpha === 'none' ? {} : { colorBands: next.state.colors };
  if (request.quality === 'bitonal') {
    next = append(next, {
      kind: 'threshold',
      value: thresholdOf(options, chain.state.colors, next.state.dtype),
      ...scope,
    });
  }
  if (request.adjustments.some(({ kind }) => kind === 'equalize')) {
    const lut = equalizeLut(jointHistogram(options, chain.state.colors), { withDarkest: options.compat === 'iipsrv' });
    next = append(next, { kind: 'equalize', lut, ...scope });
  }
  return next;
}

/** Otsu's threshold of the whole picture, so that all its tiles agree; of the pixels at hand when there is none. */
function thresholdOf(options: PlanOptions, colors: number, dtype: DType): number | 'otsu' {
  if (options.histograms === undefined) return 'otsu';
  // iipsrv names the last dark bin, and then shows what falls into it as light.
  const bin = otsuThreshold(jointHistogram(options, colors)) - (options.compat === 'iipsrv' ? 1 : 0);
  // Bins are rounded: the samples of a bin begin half a bin below it.
  return dtype === 'uint16' ? (bin - 0.5) * 257 : bin;
}

/**
 * Mirror first, then clockwise. Both at once by half a turn is a mirror top to bottom. What other turns leave open is
 * transparent where the format can be, else background.
 */
function addOrientation(
  chain: StageChain,
  request: RenderRequest,
  options: PlanOptions,
  facts: EncoderFacts,
): StageChain {
  const { mirror, degrees } = request.rotation;
  if (mirror && degrees === 180) return append(chain, { kind: 'mirror', axis: 'vertical' });
  const mirrored = mirror ? append(chain, { kind: 'mirror', axis: 'horizontal' }) : chain;
  if (degrees === 0) return mirrored;
  if (degrees === 90 || degrees === 180 || degrees === 270) return append(mirrored, { kind: 'turn', degrees });
  const { colors, dtype, alpha } = chain.state;
  const opens = alpha === 'none' && (colors === 1 || colors === 3) && facts.alphaBands.length > 0;
  const canvas = opens ? append(mirrored, { kind: 'add-alpha' }, { alpha: 'unassociated' }) : mirrored;
  const background = inSampleUnits(options.background, colors, dtype);
  return append(canvas, { kind: 'rotate', degrees, background, colorBands: colors });
}
