import type { CodecRegistry, ImageDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { WatermarkOverlay } from '@sectile/core/processing';
import type { ImageReader } from '@sectile/core/pyramid';
import { DEFAULT_PLAN_OPTIONS, executePlan, planRender, type RenderWorker } from '@sectile/core/render';
import { hashBytes } from './http/hash.ts';

/** Longest side of a watermark in pixels: it travels with every task. */
const MAX_SIDE = 2048;

/**
 * Makes a watermark of an opened image: all of it at full size, in sRGB, with its alpha.
 *
 * @throws ImageError `limit` when it is larger than 2048 pixels; what rendering throws.
 */
export async function readWatermark(
  reader: ImageReader,
  { worker, codecs }: { readonly worker: RenderWorker; readonly codecs: CodecRegistry },
): Promise<WatermarkOverlay> {
  const { width, height } = reader.info;
  if (Math.max(width, height) > MAX_SIDE) {
    throw new ImageError('limit', `A watermark is at most ${MAX_SIDE} pixels wide and high, not ${width} x ${height}`);
  }
  const plan = planRender(
    {
      page: 0,
      region: { kind: 'full' },
      size: { kind: 'native' },
      upscale: 'reject',
      adjustments: [],
      rotation: { mirror: false, degrees: 0 },
      quality: 'default',
      output: { format: 'png', quality: 0, metadata: 'tile' },
    },
    reader.info,
    { ...DEFAULT_PLAN_OPTIONS, profiles: 'srgb' },
  );
  const { bytes } = await executePlan(plan, reader, worker);
  const decoder = (await codecs.decoder('png')) as ImageDecoder;
  const data = toRgba(decoder.decode(bytes, { maxPixels: width * height }));
  return { id: hashBytes(data), width, height, data };
}

/** One to four bands, the last of two or four being alpha, to red, green, blue and alpha. */
function toRgba({ width, height, bands, data }: PixelBuffer): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  const colors = bands < 3 ? [0, 0, 0] : [0, 1, 2];
  const hasAlpha = bands % 2 === 0;
  for (let from = 0, to = 0; from < data.length; from += bands, to += 4) {
    for (let band = 0; band < 3; band++) rgba[to + band] = data[from + colors[band]!]!;
    if (hasAlpha) rgba[to + 3] = data[from + bands - 1]!;
  }
  return rgba;
}
