import { type EncodeOptions, type ImageEncoder, MEDIA_TYPES } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { createModule } from '#vendor/webp-encode';
import { toRgba } from '../rgba.ts';
import { type CallCodec, emscriptenCodec } from '../wasm/emscripten.ts';
import { withMetadata } from './metadata.ts';

interface WebpModule {
  encode(rgba: Uint8Array, width: number, height: number, config: WebpConfig): Uint8Array | null;
}

/** The fields of libwebp's `WebPConfig`. The binding wants all of them. */
type WebpConfig = typeof LOSSY;

const MAX_SIDE = 16383;

/** Method 0 is four times as fast as the library's default of 4, for files a sixth larger: right for live tiles. */
const LOSSY = {
  quality: 75,
  target_size: 0,
  target_PSNR: 0,
  method: 0,
  sns_strength: 50,
  filter_strength: 60,
  filter_sharpness: 0,
  filter_type: 1,
  partitions: 0,
  segments: 4,
  pass: 1,
  show_compressed: 0,
  preprocessing: 0,
  autofilter: 0,
  partition_limit: 0,
  alpha_compression: 1,
  alpha_filtering: 1,
  alpha_quality: 100,
  lossless: 0,
  exact: 0,
  image_hint: 0,
  emulate_jpeg_size: 0,
  thread_level: 0,
  low_memory: 0,
  near_lossless: 100,
  use_delta_palette: 0,
  use_sharp_yuv: 0,
};

/** `quality` is effort here. `exact` keeps the color of transparent pixels. */
const LOSSLESS: WebpConfig = { ...LOSSY, lossless: 1, quality: 0, exact: 1 };

/** libwebp. `quality` 0 to 100, or -1 for lossless. Gray becomes RGB, which is all that WebP knows. */
export function createWebpEncoder(wasm: WebAssembly.Module): ImageEncoder {
  const call: CallCodec<WebpModule> = emscriptenCodec({ name: 'WebP encoder', createModule, wasm });
  return {
    kind: 'encoder',
    mediaType: MEDIA_TYPES.webp,
    accepts: { bands: [1, 2, 3, 4], dtypes: ['uint8'] },
    encode: (pixels, options) => encodeWebp(call, pixels, options),
  };
}

function encodeWebp(call: CallCodec<WebpModule>, pixels: PixelBuffer, options: EncodeOptions): Uint8Array {
  const { width, height, bands } = pixels;
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new ImageError('unsupported', `WebP holds at most ${MAX_SIDE} pixels a side`);
  }
  if (options.alpha === false && bands % 2 === 0) {
    throw new ImageError('unsupported', `WebP does not hold ${bands} bands without alpha`);
  }
  const config = options.quality < 0 ? LOSSLESS : { ...LOSSY, quality: Math.min(100, options.quality) };
  const rgba = toRgba(pixels);
  const encoded = call((codec) => codec.encode(rgba, width, height, config));
  if (encoded === null) throw new ImageError('codec', 'The WebP encoder failed');
  return withMetadata(encoded, { width, height, metadata: options.metadata });
}
