import { createEngine, pooledRenderWorker } from '@sectile/codecs';
import { DEFAULT_LIMITS, type Limits } from '@sectile/core';
import { type ImageReader, openImage, withDerivedLevels } from '@sectile/core/pyramid';
import { type Engine, inlineRenderWorker, type RenderWorker } from '@sectile/core/render';
import { httpSource, type RangeSource } from '@sectile/core/source';
import { fileSource } from '@sectile/core/source/node';

/** An image opened for one command, with what renders it. */
export interface OpenedImage {
  readonly reader: ImageReader;
  readonly worker: RenderWorker;
  readonly engine: Engine;
  readonly limits: Limits;
  close(): Promise<void>;
}

/** One-off exports may be large: sides up to what JPEG can hold, more memory than a server grants one request. */
const COMMAND_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  maxOutputSide: 65500,
  maxOutputPixels: 2 ** 29,
  maxDecodePixels: 2 ** 40,
  maxWorkingBytes: 2 ** 33,
};

/** Opens a file path or an http(s) URL. `threads`: render on all cores, worth its start-up for large pictures. */
export async function openForCommand(location: string, options: { threads?: boolean } = {}): Promise<OpenedImage> {
  return openSourceForCommand(await openSource(location), options);
}

/** Opens a file path or an http(s) URL to read what is stored there, without levels that are not. */
export async function openStored(location: string, limits: Limits): Promise<ImageReader> {
  const source = await openSource(location);
  try {
    return await openImage(source, { limits });
  } catch (error) {
    await source.close();
    throw error;
  }
}

function openSource(location: string): Promise<RangeSource> {
  return /^https?:\/\//i.test(location) ? httpSource(location) : fileSource(location);
}

/** Opens a source and takes care of closing it. */
export async function openSourceForCommand(
  source: RangeSource,
  options: { threads?: boolean } = {},
): Promise<OpenedImage> {
  const limits = COMMAND_LIMITS;
  const engine = await createEngine({ limits });
  const worker = options.threads ? pooledRenderWorker({ limits }) : inlineRenderWorker(engine);
  try {
    const reader = withDerivedLevels(await openImage(source, { limits }), worker, { limits });
    const close = async (): Promise<void> => {
      await worker.close();
      await reader.close();
    };
    return { reader, worker, engine, limits, close };
  } catch (error) {
    await worker.close();
    await source.close();
    throw error;
  }
}
