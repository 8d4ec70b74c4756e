import { recycleBytes } from '../bytes/recycled-bytes.ts';
import type { EncoderId } from '../codec/formats.ts';
import { ImageError, throwIfAborted } from '../errors.ts';
import { cropPixels } from '../pixels/blit.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { runStages } from '../processing/run.ts';
import { assembleWindow } from '../pyramid/assemble.ts';
import { TileCache } from '../pyramid/tile-cache.ts';
import { resampleFromCorners } from '../resample/corner-resample.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { Engine } from './engine.ts';
import type { EncodedImage, PixelsPlan } from './plan-types.ts';
import type { RenderWorker } from './render-worker.ts';

/** Decoded segments that windows with borders share: some rows of a viewer's tiles. */
const KEPT_BYTES = 2 ** 24;

/** A worker that computes on the calling thread. Codecs are loaded on first use. */
export function inlineRenderWorker(engine: Engine): RenderWorker {
  const assembling = { ...engine, kept: new TileCache(KEPT_BYTES, ({ data }) => recycleBytes(data)) };
  return {
    async render({ plan, segments, keepAs }, options) {
      const { window, shrink, bands, dtype, tileWidth, tileHeight } = plan;
      const task = { window, shrink, bands, dtype, tileWidth, tileHeight, segments, keepAs };
      const assembled = await assembleWindow(task, assembling, options);
      const image = await finish(plan, assembled, engine, options);
      recycleBytes(assembled.data);
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
  if (pixels.data !== assembled.data) recycleBytes(pixels.data);
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
  const staged = runStages(assembled, plan.stages, engine.kernels);
  const resampled = plan.resample === undefined ? staged : resample(staged, plan.resample, engine);
  // A border that was cut off: nobody looks at what it was cut from.
  if (![assembled, resampled].some(({ data }) => data.buffer === staged.data.buffer)) recycleBytes(staged.data);
  const finished = runStages(resampled, plan.finish, engine.kernels);
  const { width, height } = plan.output.size;
  if (finished.width !== width || finished.height !== height) {
    throw new ImageError('codec', `Planned ${width}x${height} pixels but made ${finished.width}x${finished.height}`);
  }
  return finished;
}

function resample(
  pixels: PixelBuffer,
  step: NonNullable<PixelsPlan['resample']>,
  { kernels }: Pick<Engine, 'kernels'>,
): PixelBuffer {
  const { source, size, kernel } = step;
  const isCut =
    source.width === size.width &&
    source.height === size.height &&
    Number.isInteger(source.x) &&
    Number.isInteger(source.y);
  if (isCut) return cropPixels(pixels, source);
  if (kernel === 'corner-nearest' || kernel === 'corner-bilinear') {
    return resampleFromCorners(cropPixels(pixels, source), size, kernel);
  }
  return kernels.resample(pixels, { ...step, kernel });
}
