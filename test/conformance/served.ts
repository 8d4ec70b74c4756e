import { createEngine } from '@sectile/codecs';
import type { ImageDecoder } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import { openImage, withDerivedLevels } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import {
  type Config,
  DEFAULT_CONFIG,
  type ImageServerDeps,
  imageServer,
  limitsOf,
  memoryImages,
} from '@sectile/server';
import { expect } from 'vitest';

/** A server without a socket and what came out of it. */
export interface Served {
  /** Answers a request to a path. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The pixels of an answer that has to be a PNG. */
  pixels(path: string): Promise<PixelBuffer>;
  /** Status and text of an answer. */
  text(path: string, init?: RequestInit): Promise<{ status: number; body: string }>;
}

/** Modification time of all images that {@link serveImages} serves. */
export const LAST_MODIFIED = new Date('2024-05-06T07:08:09Z');

/** Serves files from memory as the Node server does, but in this thread. */
export async function serveImages(
  files: Readonly<Record<string, Uint8Array>>,
  config: Partial<Config> = {},
  deps: Partial<Pick<ImageServerDeps, 'images' | 'watermark' | 'outputFormats'>> = {},
): Promise<Served> {
  const limits = limitsOf({ ...DEFAULT_CONFIG, ...config });
  const engine = await createEngine({ limits });
  const worker = inlineRenderWorker(engine);
  const images = new Map(
    Object.entries(files).map(([name, bytes]) => [name, { bytes, lastModified: LAST_MODIFIED }] as const),
  );
  const server = imageServer(config, {
    images: memoryImages(images),
    open: async (source) => withDerivedLevels(await openImage(source, { limits }), worker, { limits }),
    worker,
    outputFormats: engine.codecs.outputFormats,
    ...deps,
  });
  const png = (await engine.codecs.decoder('png')) as ImageDecoder;
  const get = (path: string, init?: RequestInit) => server.fetch(new Request(`http://localhost${path}`, init));
  return {
    get,
    async text(path, init) {
      const response = await get(path, init);
      return { status: response.status, body: await response.text() };
    },
    async pixels(path) {
      const response = await get(path);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const problem = response.status === 200 ? '' : new TextDecoder().decode(bytes);
      expect([path, response.status, problem]).toEqual([path, 200, '']);
      expect(response.headers.get('content-type')).toBe('image/png');
      return png.decode(bytes, { maxPixels: 1e8 });
    },
  };
}
