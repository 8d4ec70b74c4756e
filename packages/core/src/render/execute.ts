import { MEDIA_TYPES } from '../codec/formats.ts';
import { throwIfAborted } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import { insertIccIntoJpeg } from '../metadata/jpeg-icc.ts';
import { insertIccIntoWebp } from '../metadata/webp-icc.ts';
import { blit } from '../pixels/blit.ts';
import { bytesPerSample } from '../pixels/dtype.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';
import { totalBorder } from '../processing/stage-table.ts';
import type { AssembleTask, KeepAs, ReadSegments } from '../pyramid/assemble.ts';
import type { ImageReader } from '../pyramid/image-reader.ts';
import { refsTouching } from '../pyramid/segment-refs.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { EncodedImage, PassThroughPlan, PixelsPlan, RenderPlan } from './plan-types.ts';
import type { RenderWorker } from './render-worker.ts';
import { splitWindow } from './split-window.ts';

/** Options of {@link executePlan}. */
export interface ExecuteOptions extends ReadOptions {
  /** Called with the share done, 0 to 1, while a large plan is assembled. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Decoded bytes, and segments, up to which a plan runs in one go. */
const SMALL = { bytes: 2 ** 26, segments: 256 };

/**
 * Carries out a plan: reads, hands the CPU work to the worker, returns the finished file. Large plans are read and
 * assembled block by block, so that memory holds the working buffer and two blocks, not all decoded segments.
 *
 * @throws ImageError `aborted` when the signal fires; what reader and worker throw.
 */
export async function executePlan(
  plan: RenderPlan,
  reader: ImageReader,
  worker: RenderWorker,
  options: ExecuteOptions = {},
): Promise<EncodedImage> {
  throwIfAborted(options.signal);
  if (plan.kind === 'pixels') return executePixels(plan, reader, worker, options);
  const stored = await reader.readStoredTile(plan.segment, options);
  if (stored === undefined) return executePixels(plan.fallback, reader, worker, options);
  const { icc } = reader.info.metadata;
  const bytes = plan.embedIcc && icc !== undefined ? insertIcc(stored, icc, plan) : stored;
  return { bytes, mediaType: MEDIA_TYPES[plan.format], ...plan.size };
}

function insertIcc(stored: Uint8Array, icc: Uint8Array, { format }: PassThroughPlan): Uint8Array {
  return format === 'webp' ? insertIccIntoWebp(stored, icc) : insertIccIntoJpeg(stored, icc);
}

async function executePixels(
  plan: PixelsPlan,
  reader: ImageReader,
  worker: RenderWorker,
  options: ExecuteOptions,
): Promise<EncodedImage> {
  const decodedBytes = plan.window.width * plan.window.height * plan.bands * bytesPerSample(plan.dtype);
  if (decodedBytes <= SMALL.bytes && plan.segments.length <= SMALL.segments) {
    const { signal } = options;
    const read: ReadSegments = (refs) =>
      reader.readSegments(refs, { signal, deferReads: worker.readsFiles, window: plan.window });
    return worker.render({ plan, read, keepAs: keepAs(plan, reader) }, options);
  }
  const pixels = await assembleInBlocks(plan, reader, worker, options);
  return worker.finish({ plan, pixels }, options);
}

/** For windows with a border, whose segments the windows beside it need as well. */
function keepAs({ segments, stages, shrink }: PixelsPlan, reader: ImageReader): KeepAs | undefined {
  const border = totalBorder(stages) * shrink;
  return segments.length > 1 && border > 0 ? { image: identityOf(reader), border } : undefined;
}

const identities = new WeakMap<ImageReader, number>();
let identified = 0;

/** A number that no other reader of this process has, nor will have. */
function identityOf(reader: ImageReader): number {
  const identity = identities.get(reader) ?? ++identified;
  identities.set(reader, identity);
  return identity;
}

async function assembleInBlocks(
  plan: PixelsPlan,
  reader: ImageReader,
  worker: RenderWorker,
  options: ExecuteOptions,
): Promise<PixelBuffer> {
  const { window, shrink, bands, dtype } = plan;
  const target = createPixelBuffer(Math.ceil(window.width / shrink), Math.ceil(window.height / shrink), bands, dtype);
  const maxPixels = Math.floor(SMALL.bytes / 2 / (bands * bytesPerSample(dtype)));
  const blocks = splitWindow(plan, maxPixels, SMALL.segments);
  let reading = readBlock(blocks[0], plan, reader, options);
  for (const [index, block] of blocks.entries()) {
    const segments = await reading;
    // The next block is read while this one is decoded.
    reading = readBlock(blocks[index + 1], plan, reader, options);
    reading.catch(() => undefined);
    throwIfAborted(options.signal);
    const pixels = await worker.assemble({ ...taskOf(plan), window: block, segments }, options);
    blit(pixels, target, (block.x - window.x) / shrink, (block.y - window.y) / shrink);
    options.onProgress?.((index + 1) / blocks.length);
  }
  return target;
}

function taskOf({
  shrink,
  bands,
  dtype,
  tileWidth,
  tileHeight,
}: PixelsPlan): Omit<AssembleTask, 'window' | 'segments'> {
  return { shrink, bands, dtype, tileWidth, tileHeight };
}

async function readBlock(
  block: Rect | undefined,
  plan: PixelsPlan,
  reader: ImageReader,
  options: ReadOptions,
): Promise<AssembleTask['segments']> {
  if (block === undefined) return [];
  const refs = refsTouching(block, plan, plan);
  // Not deferred: the next block is read while this one is computed.
  const segments = await reader.readSegments(refs, { signal: options.signal, window: block });
  return refs.map((ref, index) => ({ ref, segment: segments[index] }));
}
