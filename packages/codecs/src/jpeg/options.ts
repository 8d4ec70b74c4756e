import type { EncodeOptions } from '@sectile/core/codec';

/** Encoder settings with nothing left open. */
export interface JpegSettings {
  /** 1 to 100. */
  readonly quality: number;
  readonly subsampling: '4:4:4' | '4:2:0';
  readonly coding: 'baseline' | 'progressive';
}

/** Clamps the quality and applies defaults: 4:2:0, the standard's own Huffman tables. */
export function resolveJpegSettings(options: EncodeOptions): JpegSettings {
  const quality = Number.isFinite(options.quality) ? Math.round(options.quality) : 75;
  return {
    quality: Math.min(100, Math.max(1, quality)),
    subsampling: options.subsampling ?? '4:2:0',
    coding: options.progressive ? 'progressive' : 'baseline',
  };
}
