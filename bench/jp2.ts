/**
 * Random tiles out of large JPEG 2000 files: time and bytes read for each, with the packet index made and nothing else kept,
 * then as a viewer's neighborhood finds it, with decoded code-blocks kept.
 *
 *   npx tsx --conditions=@sectile/source bench/jp2.ts [folder] [file.jp2 ...]
 *
 * Needs OpenJPEG's `opj_compress` (Debian: libopenjp2-tools) the first time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJpeg2000Decoder } from '../packages/codecs/src/jpeg2000/decode.ts';
import type { CodecRegistry } from '../packages/core/src/codec.ts';
import { DEFAULT_LIMITS } from '../packages/core/src/index.ts';
import { recycleBytes } from '../packages/core/src/pixels.ts';
import { decodeSegment, type ImageReader, openJpeg2000Reader } from '../packages/core/src/pyramid.ts';
import { type SourceStats, withStats } from '../packages/core/src/source.ts';
import { fileSource } from '../packages/core/src/source-node.ts';
import { JP2_FILES, makeJp2Files } from './jp2-files.ts';

const TILES = 60;

const folder = process.argv[2] ?? '.cache/bench';
makeJp2Files(folder);
const wasm = new WebAssembly.Module(readFileSync(new URL('../packages/codecs/wasm/jpeg2000.wasm', import.meta.url)));
for (const name of process.argv.length > 3 ? process.argv.slice(3) : Object.keys(JP2_FILES))
  await measure(join(folder, name));

async function measure(path: string): Promise<void> {
  const source = withStats(await fileSource(path));
  const opened = performance.now();
  const reader = await openJpeg2000Reader(source);
  await indexAll(reader);
  const indexed = performance.now() - opened;
  console.log(
    `${path}: open and index ${indexed.toFixed(0)} ms, ${source.stats.reads} reads, ${source.stats.bytes} bytes`,
  );
  for (const cacheBytes of [0, 2 ** 26]) {
    const decoder = createJpeg2000Decoder(wasm, cacheBytes > 0 ? { blockMemory: touched(cacheBytes) } : {});
    // One registry with one decoder: what `decodeSegment` asks for.
    const codecs: CodecRegistry = {
      outputFormats: [],
      decoderIds: ['jpeg2000'],
      decoder: () => decoder,
      encoder: fail,
    };
    await measureTiles(reader, codecs, source.stats, cacheBytes);
  }
  await reader.close();
}

/** Memory that the system has handed out already, as that of a server that has been up for a while. */
function touched(byteLength: number): ArrayBuffer {
  const memory = new ArrayBuffer(byteLength);
  new Uint8Array(memory).fill(1).fill(0);
  return memory;
}

function fail(): never {
  throw new Error('Nothing is encoded here');
}

/** One tile at full size indexes all packets of an untiled file; a tiled one needs all its tiles. */
async function indexAll(reader: ImageReader): Promise<void> {
  const { width, height, tileWidth, tileHeight } = reader.info.levels[0]!;
  for (let row = 0; row < Math.ceil(height / tileHeight); row++) {
    for (let col = 0; col < Math.ceil(width / tileWidth); col++) {
      await reader.readSegments([{ page: 0, level: 0, col, row }]);
    }
  }
}

async function measureTiles(
  reader: ImageReader,
  codecs: CodecRegistry,
  stats: SourceStats,
  cacheBytes: number,
): Promise<void> {
  const { width, height, tileWidth, tileHeight } = reader.info.levels[0]!;
  let seed = 1;
  const random = (count: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
  const times: { read: number; decode: number; bytes: number; reads: number }[] = [];
  for (let i = 0; i < TILES; i++) {
    const ref = {
      page: 0,
      level: 0,
      col: random(Math.floor(width / tileWidth)),
      row: random(Math.floor(height / tileHeight)),
    };
    const { bytes, reads } = stats;
    const begin = performance.now();
    const [segment] = await reader.readSegments([ref]);
    const between = performance.now();
    const { data } = await decodeSegment(segment!, codecs, DEFAULT_LIMITS);
    const end = performance.now();
    // As whoever encodes a tile does.
    recycleBytes(data);
    times.push({
      read: between - begin,
      decode: end - between,
      bytes: stats.bytes - bytes,
      reads: stats.reads - reads,
    });
  }
  const median = (pick: (time: (typeof times)[number]) => number): number =>
    times.map(pick).sort((a, b) => a - b)[TILES >> 1]!;
  console.log(
    `  ${tileWidth}x${tileHeight}, ${cacheBytes >> 20} MiB of blocks kept: ` +
      `read ${median((t) => t.read).toFixed(1)} ms + decode ${median((t) => t.decode).toFixed(1)} ms, ` +
      `${(median((t) => t.bytes) / 1024).toFixed(0)} KiB in ${median((t) => t.reads)} reads (median of ${TILES})`,
  );
}
