import type { WatermarkOverlay } from '@sectile/core/processing';
import { openImage } from '@sectile/core/pyramid';
import { type Engine, inlineRenderWorker } from '@sectile/core/render';
import { fileSource } from '@sectile/core/source/node';
import { ConfigError } from '../config/value-kinds.ts';
import { readWatermark } from '../watermark.ts';

/**
 * Reads the picture of a watermark from a file.
 *
 * @throws ConfigError when it cannot be read: who wants a watermark does not want pictures without.
 */
export async function openWatermark(path: string, engine: Engine): Promise<WatermarkOverlay> {
  try {
    const source = await fileSource(path);
    try {
      const reader = await openImage(source, { limits: engine.limits });
      return await readWatermark(reader, { worker: inlineRenderWorker(engine), codecs: engine.codecs });
    } finally {
      await source.close();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`WATERMARK ${JSON.stringify(path)} cannot be used: ${reason}`, { cause });
  }
}
