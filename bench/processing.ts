/**
 * What image processing costs: one 256-pixel tile from stored bytes to JPEG, with and without adjustments, in turns on
 * one thread. `npm run bench:processing -- --rounds 300`.
 */
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { createEngine } from '@sectile/codecs';
import { createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import { type ImageReader, openImage } from '@sectile/core/pyramid';
import {
  type Adjustment,
  DEFAULT_PLAN_OPTIONS,
  executePlan,
  inlineRenderWorker,
  planRender,
  type RenderRequest,
  type RenderWorker,
} from '@sectile/core/render';
import { memorySource } from '@sectile/core/source';
import { createPyramidSink, createTiffWriter, memorySink, type PyramidLayout } from '@sectile/core/tiff';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);

const SIDE = 2048;
const TILE = 256;

const COLORMAPPED: readonly Adjustment[] = [
  { kind: 'contrast', gain: 1.2 },
  { kind: 'gamma', exponent: 0.8 },
  { kind: 'colormap', name: 'jet' },
];
const TONED: readonly Adjustment[] = COLORMAPPED.slice(0, 2);
const SHADED: readonly Adjustment[] = [{ kind: 'hillshade', azimuthDegrees: 315, altitudeDegrees: 45 }];

/** A picture, and what is done to it beside nothing. Bounds are what a release must keep. */
const CASES = [
  { source: '16-bit gray', bands: 1, dtype: 'uint16', name: 'contrast, gamma, color map', adjustments: COLORMAPPED },
  { source: '16-bit gray', bands: 1, dtype: 'uint16', name: 'contrast, gamma', adjustments: TONED },
  { source: '16-bit gray', bands: 1, dtype: 'uint16', name: 'light on elevations', adjustments: SHADED },
  { source: '16-bit RGB', bands: 3, dtype: 'uint16', name: 'contrast, gamma', adjustments: TONED },
  { source: '16-bit RGB', bands: 3, dtype: 'uint16', name: 'contrast, gamma, color map', adjustments: COLORMAPPED },
  { source: '16-bit RGB', bands: 3, dtype: 'uint16', name: 'light on normals', adjustments: SHADED },
  { source: '8-bit RGB', bands: 3, dtype: 'uint8', name: 'light on normals', adjustments: SHADED },
] as const;
type Case = (typeof CASES)[number];

const engine = await createEngine();
const worker: RenderWorker = inlineRenderWorker(engine);

/** A file with deflated tiles and horizontal differencing, as most 16-bit files have them. */
function drawImage({ bands, dtype }: Case): Uint8Array {
  const sink = memorySink();
  const writer = createTiffWriter(sink, { big: false });
  const layout: PyramidLayout = {
    ...{ width: SIDE, height: SIDE, bands, dtype, tileSize: TILE },
    ...{ compression: 8, predictor: 2, photometric: bands === 3 ? 2 : 1 },
    encodeTile: deflateDifferences,
  };
  const pyramid = createPyramidSink(writer, layout, engine.kernels);
  const white = dtype === 'uint8' ? 255 : 65535;
  const pixels = createPixelBuffer(SIDE, SIDE, bands, dtype);
  let grain = 1;
  for (let i = 0; i < pixels.data.length; i++) {
    const x = Math.floor(i / bands) % SIDE;
    const y = Math.floor(i / bands / SIDE);
    grain = (Math.imul(grain, 1103515245) + 12345) >>> 0;
    const wave = Math.sin(x / 31 + (i % bands)) * Math.cos(y / 47) * 0.3 + Math.sin((x * y) / 9000) * 0.15 + 0.5;
    pixels.data[i] = wave * white + ((grain >>> 24) / 255 - 0.5) * white * 0.02;
  }
  pyramid.push(pixels);
  pyramid.finish();
  writer.finish();
  return sink.bytes();
}

function deflateDifferences({ data, width, bands }: PixelBuffer): Uint8Array {
  for (let row = data.length - width * bands; row >= 0; row -= width * bands) {
    for (let i = width * bands - 1; i >= bands; i--) data[row + i]! -= data[row + i - bands]!;
  }
  return deflateSync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function tileRequest(tile: number, adjustments: readonly Adjustment[]): RenderRequest {
  return {
    ...{ page: 0, level: { from: 'full', index: 0 }, region: { kind: 'tile-index', index: tile } },
    ...{ size: { kind: 'native' }, upscale: 'reject', adjustments, quality: 'default' },
    ...{ rotation: { mirror: false, degrees: 0 }, output: { format: 'jpg', metadata: 'tile' } },
  };
}

async function timeTile(reader: ImageReader, tile: number, adjustments: readonly Adjustment[]): Promise<number> {
  const start = performance.now();
  const plan = planRender(tileRequest(tile, adjustments), reader.info, DEFAULT_PLAN_OPTIONS);
  await executePlan(plan, reader, worker);
  return performance.now() - start;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

function mean(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

const results = [];
for (const entry of CASES) {
  const file = drawImage(entry);
  const plain: number[] = [];
  const adjusted: number[] = [];
  let reader: ImageReader | undefined;
  for (let round = -20; round < rounds; round++) {
    // As a viewer goes over a picture: each tile once, row by row. Then the picture is opened anew, and nothing is known.
    const tile = (round + 20) % (SIDE / TILE) ** 2;
    if (reader === undefined || tile === 0) reader = await openImage(memorySource(file, { id: 'bench' }));
    const first = await timeTile(reader, tile, []);
    const second = await timeTile(reader, tile, entry.adjustments);
    // The first rounds warm up.
    if (round < 0) continue;
    plain.push(first);
    adjusted.push(second);
  }
  // Tiles that look at their neighbors take turns to decode them: medians would leave that out.
  const average = entry.name.includes('elevations') ? mean : median;
  const result = { source: entry.source, name: entry.name, plainMs: average(plain), ms: average(adjusted) };
  results.push({ ...result, ratio: result.ms / result.plainMs });
}
if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  for (const { source, name, plainMs, ms, ratio } of results) {
    console.log(
      `${source.padEnd(12)} ${name.padEnd(27)} ${plainMs.toFixed(2)} -> ${ms.toFixed(2)} ms, ${ratio.toFixed(2)}x`,
    );
  }
}
