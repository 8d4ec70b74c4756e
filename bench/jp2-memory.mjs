/**
 * Memory that the packet index of a 20 gigapixel JPEG 2000 picture takes: 160000 x 125000, three components, precincts of 256,
 * six quality layers, no PLT, 7.3 million packets. All packets are empty, so that the codestream has one byte for each. Prints the
 * peak of the process (built packages, plain Node) for the cheapest and for the dearest order of packets; fails above 400 MB.
 *
 *   npm run build && npm run bench:jp2-memory
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DEFAULT_LIMITS } from '@sectile/core';
import { openJpeg2000Reader } from '@sectile/core/pyramid';
import { memorySource } from '@sectile/core/source';

const WIDTH = 160_000;
const HEIGHT = 125_000;
const LEVELS = 6;
const LAYERS = 6;
const PRECINCT_EXPONENT = 8;
const PROGRESSIONS = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'];
const MAX_BYTES = 400e6;

const [progression] = process.argv.slice(2);
if (progression) await measure(progression);
else {
  // Each in a process of its own: a peak is never forgotten.
  for (const each of ['RPCL', 'LRCP']) {
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), each], { stdio: 'inherit' });
  }
}

async function measure(name) {
  const packets = LAYERS * 3 * precinctCount();
  const source = memorySource(emptyCodestream(PROGRESSIONS.indexOf(name), packets));
  const reader = await openJpeg2000Reader(source, { limits: { ...DEFAULT_LIMITS, maxImagePixels: 2 ** 35 } });
  const begin = performance.now();
  const [segment] = await reader.readSegments([{ page: 0, level: 0, col: 300, row: 200 }]);
  const seconds = (performance.now() - begin) / 1000;
  const blocks = segment?.jpeg2000?.blocks.length;
  if (blocks !== 0) throw new Error(`Empty packets hold no code-blocks, but ${blocks} were found`);
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(
    `${name}: ${(packets / 1e6).toFixed(2)} million packets, indexed in ${seconds.toFixed(1)} s, peak ${(peak / 1e6).toFixed(0)} MB`,
  );
  if (peak > MAX_BYTES) process.exitCode = 1;
}

/** Of one component. */
function precinctCount() {
  let count = 0;
  for (let level = 0; level <= LEVELS; level++) {
    const across = (side) => Math.ceil(Math.ceil(side / 2 ** level) / 2 ** PRECINCT_EXPONENT);
    count += across(WIDTH) * across(HEIGHT);
  }
  return count;
}

/** SOC, SIZ, COD, QCD, one tile-part of packets that begin with a zero bit, EOC. */
function emptyCodestream(progression, packets) {
  const header = [];
  const u16 = (...values) => {
    for (const value of values) header.push((value >> 8) & 255, value & 255);
  };
  const u32 = (...values) => {
    for (const value of values) u16(value >>> 16, value & 0xffff);
  };
  u16(0xff4f, 0xff51, 47, 0);
  u32(WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT, 0, 0);
  u16(3);
  header.push(...[0, 1, 2].flatMap(() => [7, 1, 1]));
  u16(0xff52, 12 + LEVELS + 1);
  header.push(1, progression);
  u16(LAYERS);
  // RCT, levels, code-blocks of 64 x 64, no style, 5/3, precincts.
  header.push(1, LEVELS, 4, 4, 0, 1, ...Array(LEVELS + 1).fill((PRECINCT_EXPONENT << 4) | PRECINCT_EXPONENT));
  u16(0xff5c, 3 + 3 * LEVELS + 1);
  header.push(0x40, ...Array(3 * LEVELS + 1).fill(9 << 3));
  u16(0xff90, 10, 0);
  u32(14 + packets);
  header.push(0, 1);
  u16(0xff93);
  const bytes = new Uint8Array(header.length + packets + 2);
  bytes.set(header);
  bytes.set([0xff, 0xd9], header.length + packets);
  return bytes;
}
