import { ImageError } from '@sectile/core/errors';
import {
  canonicalKey,
  executePlan,
  type PlanOptions,
  planRender,
  type RenderPlan,
  type RenderRequest,
  type RenderWorker,
} from '@sectile/core/render';
import type { ByteCache, CachedImage } from './cache/byte-cache.ts';
import { createSingleFlight } from './cache/single-flight.ts';
import type { OpenImage } from './images/open-images.ts';
import { createHistograms } from './samples/histograms.ts';

/** A picture that has been planned. */
export interface PlannedPicture {
  readonly plan: RenderPlan;
  /** Image, revision and plan: names the bytes, whichever protocol asked for them. */
  readonly key: string;
}

/** Plans pictures and makes them, each once for all who ask at the same time. */
export interface Pictures {
  /** @throws ImageError what `planRender` throws, and what reading a histogram throws. */
  plan(image: OpenImage, request: RenderRequest): Promise<PlannedPicture>;
  /**
   * The picture from the cache, from an execution under way, or made now.
   *
   * @param signal Asked for only when the picture is not in the cache.
   * @throws ImageError `limit` with `details.busy` when too many are under way; what `executePlan` throws.
   */
  make(image: OpenImage, planned: PlannedPicture, signal: () => AbortSignal | undefined): Promise<CachedImage>;
}

/** What making pictures needs. */
export interface PictureParts {
  readonly answers: ByteCache;
  readonly worker: RenderWorker;
  readonly options: PlanOptions;
  /** Executions at a time. */
  readonly maxFlights: number;
}

/** Creates {@link Pictures}. */
export function createPictures({ answers, worker, options, maxFlights }: PictureParts): Pictures {
  const flights = createSingleFlight<CachedImage>();
  const histograms = createHistograms({ worker, limits: options.limits, compat: options.compat });

  return {
    async plan(image, request) {
      const { reader } = image;
      const histogram = await histograms.of(reader, request);
      const plan = planRender(request, reader.info, histogram ? { ...options, histogram } : options);
      return { plan, key: `${image.id}\n${image.revision}\n${canonicalKey(plan)}` };
    },

    async make(image, { plan, key }, signal) {
      const kept = await answers.get(key);
      if (kept) return kept;
      if (!flights.has(key) && flights.size >= maxFlights) {
        throw new ImageError('limit', 'Too many pictures are being made at once', { details: { busy: true } });
      }
      return flights.join(key, execute, signal());

      async function execute(flightSignal: AbortSignal): Promise<CachedImage> {
        const made = await image.keep(() => executePlan(plan, image.reader, worker, { signal: flightSignal }));
        await answers.set(key, made);
        return made;
      }
    },
  };
}
