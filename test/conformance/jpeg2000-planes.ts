import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BlockCache } from '../../packages/codecs/src/jpeg2000/block-cache.ts';
import { decodePlanes } from '../../packages/codecs/src/jpeg2000/decode-planes.ts';
import type { Jpeg2000Kernel } from '../../packages/codecs/src/jpeg2000/kernel.ts';
import { KernelHost } from '../../packages/codecs/src/kernels/kernel-host.ts';
import type { Rect } from '../../packages/core/src/geometry/rect.ts';
import {
  type Jp2File,
  type Jpeg2000Plane,
  openJp2,
  readBlocks,
  readFromMemory,
} from '../../packages/core/src/jpeg2000.ts';
import { DEFAULT_LIMITS } from '../../packages/core/src/limits.ts';

/** The decoder's module, built by `npm run build`. */
export const JPEG2000_WASM = new WebAssembly.Module(
  readFileSync(new URL('../../packages/codecs/wasm/jpeg2000.wasm', import.meta.url)),
);

const host = new KernelHost<Jpeg2000Kernel>(JPEG2000_WASM);

/** The samples of one component. */
export interface PlaneSamples extends Jpeg2000Plane {
  readonly samples: Int32Array;
}

/** What of a file to decode; all of it by default. */
export interface PlanesRequest {
  readonly discard?: number;
  readonly rect?: Rect;
  readonly layers?: number;
  readonly cache?: BlockCache;
}

export function openFile(bytes: Uint8Array): Jp2File {
  return readFromMemory(openJp2(bytes.length, DEFAULT_LIMITS), bytes);
}

/** Decodes components as they are, before palettes and colors. */
export function decodeComponents(
  bytes: Uint8Array,
  request: PlanesRequest = {},
  file = openFile(bytes),
): PlaneSamples[] {
  const { discard = 0, layers, cache } = request;
  const rect = request.rect ?? { x: 0, y: 0, ...file.codestream.size(discard) };
  const wanted = {
    discard,
    rect,
    layers,
    color: file.color.color,
    cacheKey: cache ? Uint32Array.of(1, 2, 3, 4) : undefined,
  };
  const located = readFromMemory(file.codestream.locate(wanted), bytes);
  const body = readFromMemory(readBlocks(located), bytes);
  const { window } = located;
  return host.run((kernel) => {
    kernel.reset();
    const planes = decodePlanes(kernel, window, body, cache);
    return window.components.map((plane, index) => {
      const samples = new Int32Array(kernel.memory.buffer, planes[index] ?? 0, plane.width * plane.height).slice();
      return { ...plane, samples };
    });
  });
}

/** SHA-256 of samples as little-endian 32-bit numbers. */
export function hashOf(samples: Int32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    .digest('hex');
}
