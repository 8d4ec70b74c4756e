import { type EncodeOptions, type ImageEncoder, MEDIA_TYPES } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { createModule } from '#vendor/avif-encode';
import { toRgba, toRgba10 } from '../rgba.ts';
import { type CallCodec, emscriptenCodec } from '../wasm/emscripten.ts';
import { withMetadata } from './metadata.ts';

interface AvifModule {
  /** Samples of more than 8 bits: two bytes each, the lower one first. */
  encode(rgba: Uint8Array, width: number, height: number, config: AvifConfig): Uint8Array | null;
}

type AvifConfig = typeof LOSSY;

const MAX_SIDE = 65536;

/** Speed 9 takes a tenth of the time of the library's default of 6, for files three in a hundred larger. */
const LOSSY = {
  quality: 50,
  /** -1: as `quality`. */
  qualityAlpha: -1,
  denoiseLevel: 0,
  tileRowsLog2: 0,
  tileColsLog2: 0,
  speed: 9,
  /** 1: 4:2:0, 3: 4:4:4. */
  subsample: 1,
  chromaDeltaQ: false,
  sharpness: 0,
  enableSharpYUV: false,
  tune: 0,
  bitDepth: 8,
};

/** At this quality and without subsampling the library stores RGB instead of converting to YUV. */
const LOSSLESS: AvifConfig = { ...LOSSY, quality: 100, subsample: 3 };

/** libaom. `quality` 1 to 100, or -1 for lossless. 16-bit samples become 10 bits, which every decoder of AVIF reads. */
export function createAvifEncoder(wasm: WebAssembly.Module): ImageEncoder {
  const call: CallCodec<AvifModule> = emscriptenCodec({ name: 'AVIF encoder', createModule, wasm });
  return {
    kind: 'encoder',
    mediaType: MEDIA_TYPES.avif,
    accepts: { bands: [1, 2, 3, 4], dtypes: ['uint8', 'uint16'] },
    encode: (pixels, options) => encodeAvif(call, pixels, options),
  };
}

function encodeAvif(call: CallCodec<AvifModule>, pixels: PixelBuffer, options: EncodeOptions): Uint8Array {
  const { width, height, bands } = pixels;
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new ImageError('unsupported', `AVIF holds at most ${MAX_SIDE} pixels a side`);
  }
  if (options.alpha === false && bands % 2 === 0) {
    throw new ImageError('unsupported', `AVIF does not hold ${bands} bands without alpha`);
  }
  const quality = Math.min(100, Math.max(1, Math.round(options.quality)));
  const config = options.quality < 0 ? LOSSLESS : { ...LOSSY, quality };
  const is10 = pixels.dtype === 'uint16';
  const { buffer, byteOffset, byteLength } = is10 ? toRgba10(pixels) : toRgba(pixels);
  const samples = new Uint8Array(buffer, byteOffset, byteLength);
  const bitDepth = is10 ? 10 : 8;
  const encoded = call((codec) => codec.encode(samples, width, height, { ...config, bitDepth }));
  if (encoded === null) throw new ImageError('codec', 'The AVIF encoder failed');
  return withMetadata(encoded, options.metadata);
}
