import { defaultCodecs } from '@sectile/codecs';
import { DEFAULT_LIMITS } from '@sectile/core';
import { typescriptKernels } from '@sectile/core/codec';
import { openImage } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import { expect, test } from 'vitest';
import { smallPyramid } from '../../../test/fixtures/small-pyramid.ts';
import { imageServer } from './app.ts';
import { memoryImages } from './images/memory.ts';

const codecs = defaultCodecs();
const worker = inlineRenderWorker({ codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS });
const lastModified = new Date('2024-05-06T07:08:09Z');
const images = new Map([['a.tif', { bytes: smallPyramid(), lastModified }]]);
const server = imageServer(
  {},
  { images: memoryImages(images), open: (source) => openImage(source), worker, outputFormats: ['png'] },
);

test('describes an image over IIIF and delivers a tile of it', async () => {
  const info = await server.fetch(new Request('http://localhost/iiif/3/a.tif/info.json'));
  expect(await info.json()).toMatchObject({ id: 'http://localhost/iiif/3/a.tif', width: 301, height: 201 });
  const tile = await server.fetch(new Request('http://localhost/iiif/3/a.tif/0,0,64,64/64,/0/default.png'));
  expect([tile.status, tile.headers.get('content-type')]).toEqual([200, 'image/png']);
});
