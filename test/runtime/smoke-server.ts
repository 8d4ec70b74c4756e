import { createEngine } from '@sectile/codecs';
import { openImage } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import { type ImageServer, imageServer, memoryImages } from '@sectile/server';
import { SMOKE_IMAGE } from '../contracts/runtime.ts';
import pyramid from '../fixtures/small-pyramid.tif';

/** A server with one image in memory that works in the calling thread: the same on every runtime. */
export async function smokeServer(): Promise<ImageServer> {
  const engine = await createEngine();
  const images = memoryImages(new Map([[SMOKE_IMAGE, { bytes: pyramid, lastModified: new Date(0) }]]));
  return imageServer(
    {},
    { images, open: openImage, worker: inlineRenderWorker(engine), outputFormats: engine.codecs.outputFormats },
  );
}
