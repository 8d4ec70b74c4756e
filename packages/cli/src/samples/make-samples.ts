import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ImageEncoder, Kernels } from '@sectile/core/codec';
import { createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import type { Engine } from '@sectile/core/render';
import {
  type ByteSink,
  createPyramidSink,
  createTiffWriter,
  type FieldToWrite,
  type PyramidLayout,
  type TiffWriter,
} from '@sectile/core/tiff';
import { createChart } from './chart.ts';
import { writeDeflated } from './deflate-tiles.ts';
import { drawElevations } from './elevations.ts';
import { drawLabChart } from './lab-chart.ts';
import { drawPavement, PAVEMENT_PERIOD } from './pavement.ts';
import { drawSealNormals } from './seal-normals.ts';
import { drawSpectralStack } from './spectral-stack.ts';
import { createTerrain } from './terrain.ts';
import { titleFields } from './title-fields.ts';

const TILE = 256;
const RELIEF = { width: 4800, height: 3600 } as const;
const PAVEMENT = { width: 65536, height: 32768 } as const;

const JPEG = 7;

/** Called with 0..1 as a sample grows. */
export type SampleProgress = (name: string, done: number) => void;

interface Drawing {
  readonly name: string;
  readonly draw: (writer: TiffWriter, engine: Engine, progress: (done: number) => void) => Promise<void>;
}

/** The pictures that `sectile serve` shows when it is given none. */
const DRAWINGS: readonly Drawing[] = [
  { name: 'chart of an island.tif', draw: drawChart },
  { name: 'relief 16-bit.tif', draw: drawRelief },
  { name: 'pavement 2 gigapixel.tif', draw: drawPavementPyramid },
  { name: 'elevations in meters.tif', draw: async (writer, _engine, progress) => drawElevations(writer, progress) },
  { name: 'seal, surface normals.tif', draw: async (writer, _engine, progress) => drawSealNormals(writer, progress) },
  {
    name: 'panel in 8 wavelengths.tif',
    draw: async (writer, _engine, progress) => drawSpectralStack(writer, progress),
  },
  { name: 'color chart CIELAB.tif', draw: async (writer, _engine, progress) => drawLabChart(writer, progress) },
];

/** No sample takes longer: what is older belongs to a process that was ended. */
const LONGEST_DRAWING_MS = 600_000;

function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.part') || Date.now() - statSync(path).mtimeMs < LONGEST_DRAWING_MS) continue;
    rmSync(path, { force: true });
  }
}

/** Draws the samples that the folder does not have yet. A sample appears under its name only when it is complete. */
export async function makeSamples(folder: string, engine: Engine, progress: SampleProgress): Promise<void> {
  mkdirSync(folder, { recursive: true });
  removeAbandoned(folder);
  for (const { name, draw } of DRAWINGS) {
    const path = join(folder, name);
    if (existsSync(path)) continue;
    const unfinished = `${path}.${process.pid}.part`;
    const file = openSync(unfinished, 'w');
    try {
      const sink = fileSink(file);
      const writer = createTiffWriter(sink, { big: false });
      await draw(writer, engine, (done) => progress(name, done));
      writer.finish();
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
    progress(name, 1);
  }
}

function fileSink(file: number): ByteSink {
  let length = 0;
  return {
    append(bytes) {
      writeSync(file, bytes, 0, bytes.length, length);
      length += bytes.length;
    },
    patch(byteOffset, bytes) {
      writeSync(file, bytes, 0, bytes.length, byteOffset);
    },
  };
}

async function drawChart(writer: TiffWriter, engine: Engine, progress: (done: number) => void): Promise<void> {
  const chart = createChart(createTerrain(RELIEF.width, RELIEF.height));
  const layout: PyramidLayout = {
    ...RELIEF,
    bands: 3,
    dtype: 'uint8',
    tileSize: TILE,
    ...jpegTiles(await engine.codecs.encoder('jpg'), 88),
    firstFields: titleFields('Chart of an island', 'An invented island, drawn by Sectile. Public domain.'),
  };
  const sink = createPyramidSink(writer, layout, engine.kernels);
  const rows = createPixelBuffer(RELIEF.width, 16, 3, 'uint8');
  for (let y = 0; y < RELIEF.height; y += rows.height) {
    for (let row = 0; row < rows.height; row++) {
      chart.drawRow(y + row, rows.data.subarray(row * RELIEF.width * 3, (row + 1) * RELIEF.width * 3) as Uint8Array);
    }
    sink.push(rows);
    progress(y / RELIEF.height);
  }
  sink.finish();
}

async function drawRelief(writer: TiffWriter, _engine: Engine, progress: (done: number) => void): Promise<void> {
  const terrain = createTerrain(RELIEF.width, RELIEF.height);
  const elevations = new Float32Array(RELIEF.width);
  const drawRow = (y: number, row: PixelBuffer['data']): void => {
    terrain.drawRow(y, elevations);
    elevations.forEach((elevation, x) => {
      row[x] = Math.max(0, Math.min(65535, (elevation + 0.6) * 40000));
    });
  };
  const firstFields = titleFields('Relief of an island', 'Elevations in 16 bit, drawn by Sectile. Public domain.');
  writeDeflated(writer, { ...RELIEF, bands: 1, dtype: 'uint16', photometric: 1, drawRow, firstFields }, progress);
}

/**
 * Two gigapixels in a few megabytes: the floor repeats, so a level has at most 64 different tiles, and the offsets
 * of all others point at the same bytes.
 */
async function drawPavementPyramid(
  writer: TiffWriter,
  engine: Engine,
  progress: (done: number) => void,
): Promise<void> {
  const tiles = jpegTiles(await engine.codecs.encoder('jpg'), 85);
  let period = drawPeriod(progress);
  let { width, height } = PAVEMENT as { width: number; height: number };
  for (let level = 0; ; level++) {
    const repeat = period.width < TILE ? repeatTo(period, TILE) : period;
    const across = repeat.width / TILE;
    const stored: { byteOffset: number; byteLength: number }[] = [];
    for (let index = 0; index < across * across; index++) {
      const tile = cut(repeat, (index % across) * TILE, Math.floor(index / across) * TILE);
      stored.push(writer.writeSegment(tiles.encodeTile(tile)));
    }
    const columns = Math.ceil(width / TILE);
    const count = columns * Math.ceil(height / TILE);
    const segments = Array.from({ length: count }, (_, index) => {
      const col = index % columns;
      const row = Math.floor(index / columns);
      return stored[(row % across) * across + (col % across)]!;
    });
    writer.addDirectory([
      { tag: 254, type: 'long', values: [level === 0 ? 0 : 1] },
      { tag: 256, type: 'long', values: [width] },
      { tag: 257, type: 'long', values: [height] },
      { tag: 258, type: 'short', values: [8, 8, 8] },
      { tag: 259, type: 'short', values: [tiles.compression] },
      { tag: 262, type: 'short', values: [tiles.photometric] },
      { tag: 277, type: 'short', values: [3] },
      { tag: 322, type: 'long', values: [TILE] },
      { tag: 323, type: 'long', values: [TILE] },
      { tag: 324, type: 'offset', values: segments.map(({ byteOffset }) => byteOffset) },
      { tag: 325, type: 'long', values: segments.map(({ byteLength }) => byteLength) },
      ...tiles.fields,
      ...(level === 0 ? titleFields('Pavement in cut stone', 'Two gigapixels, drawn by Sectile. Public domain.') : []),
    ]);
    if (width <= TILE && height <= TILE) break;
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
    period = halve(period, engine.kernels);
  }
}

function drawPeriod(progress: (done: number) => void): PixelBuffer {
  const period = createPixelBuffer(PAVEMENT_PERIOD, PAVEMENT_PERIOD, 3, 'uint8');
  for (let y = 0, at = 0; y < PAVEMENT_PERIOD; y++) {
    for (let x = 0; x < PAVEMENT_PERIOD; x++, at += 3) drawPavement(x, y, period.data as Uint8Array, at);
    if (y % 64 === 0) progress(y / PAVEMENT_PERIOD);
  }
  return period;
}

/** One pixel stays one pixel: a period of a single color repeats as it is. */
function halve(period: PixelBuffer, kernels: Kernels): PixelBuffer {
  return period.width === 1 ? period : kernels.boxShrink(period, 2);
}

function repeatTo(period: PixelBuffer, side: number): PixelBuffer {
  const out = createPixelBuffer(side, side, period.bands, period.dtype);
  const rowSamples = period.width * period.bands;
  for (let y = 0; y < side; y++) {
    const from = (y % period.height) * rowSamples;
    for (let x = 0; x < side; x += period.width) {
      out.data.set(period.data.subarray(from, from + rowSamples) as never, (y * side + x) * period.bands);
    }
  }
  return out;
}

function cut(from: PixelBuffer, x: number, y: number): PixelBuffer {
  const out = createPixelBuffer(TILE, TILE, from.bands, from.dtype);
  for (let row = 0; row < TILE; row++) {
    const at = ((y + row) * from.width + x) * from.bands;
    out.data.set(from.data.subarray(at, at + TILE * from.bands) as never, row * TILE * from.bands);
  }
  return out;
}

/** Complete JPEG streams in YCbCr 4:2:0 (TIFF Technical Note 2). */
function jpegTiles(
  encoder: ImageEncoder,
  quality: number,
): Pick<PyramidLayout, 'compression' | 'photometric' | 'encodeTile'> & { readonly fields: readonly FieldToWrite[] } {
  return {
    compression: JPEG,
    photometric: 6,
    encodeTile: (tile) => encoder.encode(tile, { quality, subsampling: '4:2:0' }),
    fields: [{ tag: 530, type: 'short', values: [2, 2] }],
  };
}
