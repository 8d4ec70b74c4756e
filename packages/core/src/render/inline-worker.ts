import { recycleBytes } from '../bytes/recycled-bytes.ts';
import type { EncoderId } from '../codec/formats.ts';
import { ImageError, throwIfAborted } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import { cropPixels } from '../pixels/blit.ts';
import { type PixelBuffer, recycleUnless } from '../pixels/pixel-buffer.ts';
import { runStages } from '../processing/run.ts';
import { assembleKeeping, assembleWindow } from '../pyramid/assemble.ts';
import { localSegments, type SegmentCache } from '../pyramid/segment-cache.ts';
import { resampleFromCorners } from '../resample/corner-resample.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { Engine } from './engine.ts';
import type { EncodedImage, PixelsPlan } from './plan-types.ts';
import type { RenderWorker } from './render-worker.ts';

/** Decoded segments that windows with borders share: some rows of a viewer's tiles. */
const KEPT_BYTES = 2 ** 24;

/**
 * A worker that computes on the calling thread. Codecs are loaded on first use.
 *
 * @param kept Where decoded segments are kept that windows with borders share. Default: 16 MiB of its own.
 */
export function inlineRenderWorker(engine: Engine, kept: SegmentCache = localSegments(KEPT_BYTES)): RenderWorker {
  const assembling = { ...engine, kept };
  return {
    async render({ plan, read, keepAs }, options) {
      const { window, shrink, bands, dtype, tileWidth, tileHeight, segments: refs } = plan;
      const task = { window, shrink, bands, dtype, tileWidth, tileHeight, refs, read, keepAs };
      const { pixels: assembled, isBorrowed } = await assembleKeeping(task, assembling, options);
      const image = await finish(plan, assembled, engine, options);
      if (!isBorrowed) recycleBytes(assembled.data);
      return image;
    },
    assemble: (task, options) => assembleWindow(task, assembling, options),
    finish: ({ plan, pixels }, options) => finish(plan, pixels, engine, options),
    close: async () => undefined,
  };
}

async function finish(
  plan: PixelsPlan,
  assembled: PixelBuffer,
  engine: Engine,
  options: ReadOptions = {},
): Promise<EncodedImage> {
  const encoder = await engine.codecs.encoder(encoderIdOf(plan.output));
  throwIfAborted(options.signal);
  const pixels = processPixels(plan, assembled, engine);
  throwIfAborted(options.signal);
  const bytes = encoder.encode(pixels, plan.output.options);
  recycleUnless(pixels, [assembled]);
  return { bytes, mediaType: encoder.mediaType, width: pixels.width, height: pixels.height };
}

function encoderIdOf({ format, options }: PixelsPlan['output']): EncoderId {
  return format === 'jpg' && options.optimize ? 'jpg-optimized' : format;
}

/**
 * Everything between assembling and encoding: stages, resampling, finishing stages.
 *
 * @throws ImageError `codec` when the result has not the planned size.
 */
export function processPixels(plan: PixelsPlan, assembled: PixelBuffer, engine: Pick<Engine, 'kernels'>): PixelBuffer {
  const cut = plan.resample && wholePixelsOf(plan.resample);
  const staged = runStages(assembled, plan.stages, engine.kernels, cut);
  const resampled = plan.resample === undefined || cut ? staged : resample(staged, plan.resample, engine);
  recycleUnless(staged, [assembled, resampled]);
  const finished = runStages(resampled, plan.finish, engine.kernels);
  recycleUnless(resampled, [assembled, finished]);
  const { width, height } = plan.output.size;
  if (finished.width !== width || finished.height !== height) {
    throw new ImageError('codec', `Planned ${width}x${height} pixels but made ${finished.width}x${finished.height}`);
  }
  return finished;
}

/** The part of the pixels that a resampling leaves as they are, where that is all that it does. */
function wholePixelsOf({ source, size }: NonNullable<PixelsPlan['resample']>): Rect | undefined {
  const isCut =
    source.width === size.width &&
    source.height === size.height &&
    Number.isInteger(source.x) &&
    Number.isInteger(source.y);
  return isCut ? source : undefined;
}

function resample(
  pixels: PixelBuffer,
  step: NonNullable<PixelsPlan['resample']>,
  { kernels }: Pick<Engine, 'kernels'>,
): PixelBuffer {
  const { source, size, kernel } = step;
  if (kernel === 'corner-nearest' || kernel === 'corner-bilinear') {
    return resampleFromCorners(cropPixels(pixels, source), size, kernel);
  }
  return kernels.resample(pixels, { ...step, kernel });
}
