import { DEFAULT_LIMITS } from '@sectile/core';
import { type CodecRegistry, typescriptKernels } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import { assembleWindow, type ImageReader, type SegmentRef } from '@sectile/core/pyramid';

/** All pixels of level 0 of a page, decoded and laid side by side, with nothing done to them. */
export async function decodeWhole(reader: ImageReader, codecs: CodecRegistry, page = 0): Promise<PixelBuffer> {
  const { info } = reader;
  const level = info.levels[0];
  if (!level) throw new Error('no level');
  const refs: SegmentRef[] = [];
  for (let row = 0; row * level.tileHeight < level.height; row++) {
    for (let col = 0; col * level.tileWidth < level.width; col++) refs.push({ page, level: 0, col, row });
  }
  const segments = await reader.readSegments(refs);
  return assembleWindow(
    {
      window: { x: 0, y: 0, width: level.width, height: level.height },
      shrink: 1,
      bands: info.bands,
      dtype: info.dtype,
      tileWidth: level.tileWidth,
      tileHeight: level.tileHeight,
      segments: refs.map((ref, index) => ({ ref, segment: segments[index] })),
    },
    { codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS },
  );
}
