import { ImageError } from '@sectile/core/errors';
import type { BandRange } from '@sectile/core/pyramid';
import {
  canonicalKey,
  createStatistics,
  executePlan,
  type PlanOptions,
  planRender,
  type RenderPlan,
  type RenderRequest,
  type RenderWorker,
  type WatermarkOptions,
} from '@sectile/core/render';
import type { ByteCache, CachedImage } from './cache/byte-cache.ts';
import { createSingleFlight } from './cache/single-flight.ts';
import { hashText } from './http/hash.ts';
import type { OpenImage } from './images/open-images.ts';
import type { MemoryGate } from './memory-gate.ts';

/** A picture that has been planned. */
export interface PlannedPicture {
  readonly plan: RenderPlan;
  /** Image, revision and plan: names the bytes, whichever protocol asked for them. */
  readonly key: string;
}

/** Plans pictures and makes them, each once for all who ask at the same time. */
export interface Pictures {
  /** @throws ImageError what `planRender` throws, and what reading statistics throws. */
  plan(image: OpenImage, request: RenderRequest): Promise<PlannedPicture>;
  /** What is shown of each band of a page, measured where the file does not say. */
  rangesOf(image: OpenImage, page: number): Promise<readonly BandRange[]>;
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
  /** Laid over every picture; each image has its own seed. */
  readonly watermark?: Omit<WatermarkOptions, 'seed'> | undefined;
  /** Executions at a time, those that wait for memory included. */
  readonly maxFlights: number;
  readonly memory: MemoryGate;
}

/** Creates {@link Pictures}. */
export function createPictures({ answers, worker, options, watermark, maxFlights, memory }: PictureParts): Pictures {
  const flights = createSingleFlight<CachedImage>();
  const statistics = createStatistics({ worker, limits: options.limits, compat: options.compat });

  return {
    async plan(image, request) {
      const { reader } = image;
      const plan = planRender(request, reader.info, {
        ...options,
        ...(await statistics.of(reader, request)),
        watermark: watermark && { ...watermark, seed: seedOf(image.id) },
      });
      return { plan, key: `${image.id}\n${image.revision}\n${canonicalKey(plan)}` };
    },

    rangesOf: ({ reader }, page) => statistics.rangesOf(reader, page),

    async make(image, { plan, key }, signal) {
      const kept = await answers.get(key);
      if (kept) return kept;
      if (!flights.has(key) && flights.size >= maxFlights) {
        throw new ImageError('limit', 'Too many pictures are being made at once', { details: { busy: true } });
      }
      return flights.join(key, execute, signal());

      async function execute(flightSignal: AbortSignal): Promise<CachedImage> {
        const work = () => executePlan(plan, image.reader, worker, { signal: flightSignal });
        const made = await image.keep(() => memory.run(workingBytes(plan), work, flightSignal));
        await answers.set(key, made);
        return made;
      }
    },
  };
}

/** A stored tile is sent as it is, or else made, which is small work. */
function workingBytes(plan: RenderPlan): number {
  return plan.kind === 'pixels' ? plan.cost.workingBytes : 0;
}

/** Watermarks of one image lie at the same places whenever, and on whichever machine, it is served. */
function seedOf(id: string): number {
  return Number.parseInt(hashText(id).slice(0, 8), 16);
}
