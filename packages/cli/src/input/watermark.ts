import { ImageError, isImageError } from '@sectile/core/errors';
import type { WatermarkPlacement } from '@sectile/core/processing';
import { inlineRenderWorker, type WatermarkOptions } from '@sectile/core/render';
import { readWatermark } from '@sectile/server';
import { choiceOption, decimalOption, type Invocation, textOption, UsageError } from '../command.ts';
import { type OpenedImage, openStored } from './open.ts';

/** Options that say what is laid over a picture; shared by `export`, `tile` and `plan`. */
export const WATERMARK_OPTIONS = {
  watermark: { type: 'string' },
  'watermark-opacity': { type: 'string' },
  'watermark-placement': { type: 'string' },
} as const;

/** Help for {@link WATERMARK_OPTIONS}. */
export const WATERMARK_HELP = `  --watermark FILE  lay this picture over the result; its transparency counts
  --watermark-opacity N  0 to 1 (default 1)
  --watermark-placement P  random (default), center, top-left, top-right, bottom-left or bottom-right of a tile, or of
                 each block of twice the tile size; repeat: all over the picture`;

/** A watermark as it was asked for; its file is not read yet. */
export interface WantedWatermark extends Pick<WatermarkOptions, 'opacity' | 'placement'> {
  /** A path or an http(s) URL. */
  readonly file: string;
}

const PLACEMENTS: readonly WatermarkPlacement[] = [
  'random',
  'repeat',
  'center',
  'top-left',
  'top-right',
  'bottom-left',
  'bottom-right',
];

/** The watermark of the options, `undefined` for none. @throws UsageError for options that make no sense. */
export function watermarkFromOptions(invocation: Invocation): WantedWatermark | undefined {
  const file = textOption(invocation, 'watermark');
  const opacity = decimalOption(invocation, 'watermark-opacity', { min: 0, max: 1 });
  const placement = choiceOption(invocation, 'watermark-placement', PLACEMENTS);
  if (file === undefined) {
    if (opacity !== undefined) throw new UsageError('--watermark-opacity needs --watermark');
    if (placement !== undefined) throw new UsageError('--watermark-placement needs --watermark');
    return undefined;
  }
  if (file === '') throw new UsageError('--watermark takes a file');
  return { file, opacity: opacity ?? 1, placement: placement ?? 'random' };
}

/**
 * Reads the picture of a watermark. It is laid over every block, at places that only the part of the picture decides.
 * @throws ImageError of the kind that reading threw; its message says that the watermark is meant.
 */
export async function openWatermark(wanted: WantedWatermark, { engine }: OpenedImage): Promise<WatermarkOptions> {
  const { file, opacity, placement } = wanted;
  try {
    const reader = await openStored(file, engine.limits);
    try {
      const overlay = await readWatermark(reader, { worker: inlineRenderWorker(engine), codecs: engine.codecs });
      return { overlay, opacity, placement, probability: 1, seed: 0 };
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (!isImageError(error)) throw error;
    throw new ImageError(error.kind, `The watermark cannot be used: ${error.message}`, { cause: error });
  }
}
