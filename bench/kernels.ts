/**
 * Times the hot kernels against what else is on npm, and against their TypeScript twins: all in one process, taking
 * turns, so that whatever else the machine does hits all alike. Compare ratios, not milliseconds.
 *
 *   npm run bench:kernels            a table
 *   npm run bench:kernels -- --json  the same as JSON
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createWasmKernels, defaultCodecs } from '@sectile/codecs';
import { typescriptKernels } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { ResampleStep } from '@sectile/core/render';
import type { Group } from './group.ts';
import { storedFormatGroups } from './stored-formats.ts';

const TILE = 256;
const ROUNDS = 60;
const WARM_UP = 10;
/** Contenders that take this long get fewer turns. */
const SLOW_MS = 10;
const SLOW_ROUNDS = 15;

interface Timing {
  readonly group: string;
  readonly contender: string;
  readonly medianMs: number;
  readonly bestMs: number;
  /** Median relative to ours: 3 means three times as long. */
  readonly ratio: number;
}

/** Value noise in octaves, hard-edged disks and grain: codes to about as many bits as a photograph. */
function drawPicture(side: number): PixelBuffer {
  const data = new Uint8ClampedArray(side * side * 3);
  const hash = (x: number, y: number) =>
    (Math.imul(Math.imul(x, 374761393) + Math.imul(y, 668265263), 1274126177) >>> 8) / 2 ** 24;
  const smooth = (x: number, y: number): number => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    const row = (j: number) => hash(left, top + j) * (1 - u) + hash(left + 1, top + j) * u;
    return row(0) * (1 - v) + row(1) * v;
  };
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let value = 0;
      for (let octave = 0; octave < 7; octave++)
        value += smooth(x / 2 ** (7 - octave), y / 2 ** (7 - octave)) * 0.7 ** octave;
      const disk = ((x % 180) - 90) ** 2 + ((y % 140) - 70) ** 2 < 1600 ? 50 : 0;
      const shade = value * 80 - 30 + disk + hash(x + 9999, y) * 12;
      data[at++] = shade + smooth(x / 90, y / 90) * 40;
      data[at++] = shade;
      data[at++] = shade * 0.8 + smooth(x / 60 + 50, y / 60) * 50;
    }
  }
  return { width: side, height: side, bands: 3, dtype: 'uint8', data: new Uint8Array(data.buffer) };
}

/** The parts of two libraries that are called below. */
interface TurboEncoder {
  getDecodedBuffer(frame: object): Uint8Array;
  setProgressive(on: number): void;
  setSubSampling(mode: number): void;
  setQuality(quality: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
}
interface TurboDecoder {
  getEncodedBuffer(byteLength: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
}
interface Turbo {
  readonly JPEGEncoder: new () => TurboEncoder;
  readonly JPEGDecoder: new () => TurboDecoder;
}
interface MozjpegModule {
  encode(data: Uint8Array, width: number, height: number, options: object): Uint8Array;
}

const require = createRequire(import.meta.url);

async function loadTurbo(): Promise<Turbo> {
  // The package's main entry is the asm.js build: ask for the WebAssembly one.
  return require('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs')();
}

async function loadMozjpeg(): Promise<(pixels: PixelBuffer) => Uint8Array> {
  const directory = require.resolve('@jsquash/jpeg/package.json').replace(/package\.json$/, '');
  const { default: create } = await import(`${directory}codec/enc/mozjpeg_enc.js`);
  const { defaultOptions } = await import(`${directory}meta.js`);
  const module = await WebAssembly.compile(readFileSync(`${directory}codec/enc/mozjpeg_enc.wasm`));
  const mozjpeg: MozjpegModule = await create({
    noInitialRun: true,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
  return ({ data, width, height }) => {
    const rgba = new Uint8Array(width * height * 4).fill(255);
    for (let i = 0, o = 0; i < data.length; i += 3, o += 4) {
      rgba[o] = data[i]!;
      rgba[o + 1] = data[i + 1]!;
      rgba[o + 2] = data[i + 2]!;
    }
    return mozjpeg.encode(rgba, width, height, defaultOptions);
  };
}

async function jpegGroups(tile: PixelBuffer): Promise<readonly Group[]> {
  const codecs = defaultCodecs();
  const encoder = await codecs.encoder('jpg');
  const decoder = await codecs.decoder('jpeg');
  if (decoder.kind !== 'image') throw new Error('The JPEG decoder is no image decoder');
  const turbo = await loadTurbo();
  const mozjpeg = await loadMozjpeg();
  const turboEncoder = new turbo.JPEGEncoder();
  const turboDecoder = new turbo.JPEGDecoder();
  const frame = { width: TILE, height: TILE, bitsPerSample: 8, componentCount: 3, isSigned: false };
  const bytes = encoder.encode(tile, { quality: 75 });
  const encode = {
    name: `JPEG encode ${TILE}x${TILE} RGB, 4:2:0, quality 75`,
    contenders: [
      { name: 'sectile', run: () => encoder.encode(tile, { quality: 75 }) },
      {
        name: '@cornerstonejs/codec-libjpeg-turbo-8bit',
        run: () => {
          turboEncoder.getDecodedBuffer(frame).set(tile.data);
          turboEncoder.setProgressive(0);
          turboEncoder.setSubSampling(2);
          turboEncoder.setQuality(75);
          turboEncoder.encode();
          return turboEncoder.getEncodedBuffer().slice();
        },
      },
      { name: '@jsquash/jpeg (mozjpeg)', run: () => mozjpeg(tile) },
    ],
  };
  const decode = {
    name: `JPEG decode ${TILE}x${TILE} RGB, 4:2:0, quality 75`,
    contenders: [
      { name: 'sectile', run: () => decoder.decode(bytes, { maxPixels: TILE * TILE }) },
      {
        name: '@cornerstonejs/codec-libjpeg-turbo-8bit',
        run: () => {
          turboDecoder.getEncodedBuffer(bytes.length).set(bytes);
          turboDecoder.decode();
          return turboDecoder.getDecodedBuffer().slice();
        },
      },
    ],
  };
  return [encode, decode];
}

/** The parts of OpenJPH's and OpenJPEG's WebAssembly builds that are called below. */
interface Jpeg2000Encoder {
  getDecodedBuffer(frame: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setDecompositions(levels: number): void;
  encode(): void;
}
interface Jpeg2000Module {
  readonly [name: string]: new () => Jpeg2000Encoder & TurboDecoder & { setQuality(...settings: unknown[]): void };
}

/** Reversible coding of both kinds, as a whole file: what a window costs at most. */
async function jpeg2000Groups(picture: PixelBuffer): Promise<readonly Group[]> {
  const local = createRequire(require.resolve('../packages/codecs/package.json'));
  const openJph: Jpeg2000Module = await local('@cornerstonejs/codec-openjph')();
  const openJpeg: Jpeg2000Module = await local('@cornerstonejs/codec-openjpeg/wasmjs')({ print: () => undefined });
  const decoder = await defaultCodecs().decoder('jpeg2000');
  if (decoder.kind !== 'image') throw new Error('The JPEG 2000 decoder is no image decoder');
  const { width, height } = picture;
  const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false, isUsingColorTransform: true };
  const group = (name: string, module: Jpeg2000Module, prefix: string, quality: readonly unknown[]): Group => {
    const encoder = new module[`${prefix}Encoder`]!();
    encoder.getDecodedBuffer(frame).set(picture.data);
    encoder.setDecompositions(5);
    encoder.setQuality(...quality);
    encoder.encode();
    const bytes = encoder.getEncodedBuffer().slice();
    const other = new module[`${prefix}Decoder`]!();
    return {
      name: `${name} decode ${width}x${height} RGB, reversible, ${((8 * bytes.length) / (width * height)).toFixed(1)} bits a pixel`,
      contenders: [
        { name: 'sectile', run: () => decoder.decode(bytes, { maxPixels: width * height }) },
        {
          name: prefix === 'HTJ2K' ? '@cornerstonejs/codec-openjph' : '@cornerstonejs/codec-openjpeg',
          run: () => {
            other.getEncodedBuffer(bytes.length).set(bytes);
            other.decode();
            return other.getDecodedBuffer().slice();
          },
        },
      ],
    };
  };
  return [group('HTJ2K', openJph, 'HTJ2K', [true, 0]), group('JPEG 2000', openJpeg, 'J2K', [true, 0])];
}

function pixelGroups(picture: PixelBuffer): readonly Group[] {
  const module = new WebAssembly.Module(readFileSync(require.resolve('../packages/codecs/wasm/pixels.wasm')));
  const wasm = createWasmKernels(module);
  const side = picture.width;
  const step = (size: number, kernel: ResampleStep['kernel']): ResampleStep => ({
    source: { x: 0, y: 0, width: side, height: side },
    size: { width: size, height: size },
    kernel,
    premultiply: false,
  });
  const wide: PixelBuffer = {
    ...picture,
    dtype: 'uint16',
    data: Uint16Array.from(picture.data, (sample) => sample * 257),
  };
  const lut = Uint8Array.from({ length: 65536 }, (_, i) => 255 * (i / 65535) ** 0.45);
  const differences = picture.data.slice() as Uint8Array;
  const wideDifferences = wide.data.slice() as Uint16Array;
  const twins = (name: string, run: (kernels: typeof wasm) => unknown): Group => ({
    name,
    contenders: [
      { name: 'sectile, WebAssembly', run: () => run(wasm) },
      { name: 'sectile, TypeScript', run: () => run(typescriptKernels) },
    ],
  });
  return [
    twins(`box shrink ${side} -> ${side / 4} RGB`, (kernels) => kernels.boxShrink(picture, 4)),
    twins(`area resample ${side} -> 300 RGB`, (kernels) => kernels.resample(picture, step(300, 'area'))),
    twins(`lanczos3 resample ${side} -> 256 RGB`, (kernels) => kernels.resample(picture, step(256, 'lanczos3'))),
    twins(`bilinear resample ${side} -> ${side * 1.5} RGB`, (kernels) =>
      kernels.resample(picture, step(side * 1.5, 'bilinear')),
    ),
    twins(`16 to 8 bit by table, ${side}x${side} RGB`, (kernels) => kernels.applyLut(wide, lut)),
    twins(`undo TIFF predictor, ${side}x${side} RGB`, (kernels) => kernels.undoDifferencing(differences, side * 3, 3)),
    twins(`undo TIFF predictor, ${side}x${side} RGB of 16 bits`, (kernels) =>
      kernels.undoDifferencing(wideDifferences, side * 3, 3),
    ),
    twins(`undo TIFF predictor, ${side * 3}x${side} gray of 16 bits`, (kernels) =>
      kernels.undoDifferencing(wideDifferences, side * 3, 1),
    ),
  ];
}

function timeOnce(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function timeGroup({ name, contenders }: Group): readonly Timing[] {
  const expected = contenders.map(({ run }) => Math.min(timeOnce(run), timeOnce(run)));
  const times = contenders.map((): number[] => []);
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    contenders.forEach(({ run }, i) => {
      const slow = expected[i]! > SLOW_MS;
      if (slow && (round < 0 || round >= SLOW_ROUNDS)) return;
      const elapsed = timeOnce(run);
      if (round >= 0) times[i]!.push(elapsed);
    });
  }
  const medians = times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!);
  return contenders.map((contender, i) => ({
    group: name,
    contender: contender.name,
    medianMs: medians[i]!,
    bestMs: times[i]![0]!,
    ratio: medians[i]! / medians[0]!,
  }));
}

function printTable(timings: readonly Timing[]): void {
  let group = '';
  for (const timing of timings) {
    if (timing.group !== group) console.log(`\n${(group = timing.group)}`);
    const [median, best] = [timing.medianMs, timing.bestMs].map((ms) => ms.toFixed(3).padStart(9));
    console.log(
      `  ${timing.contender.padEnd(42)}${median} ms median${best} ms best${timing.ratio.toFixed(1).padStart(7)}x`,
    );
  }
}

const groups = [
  ...(await jpegGroups(drawPicture(TILE))),
  ...(await jpeg2000Groups(drawPicture(512))),
  ...pixelGroups(drawPicture(1024)),
  ...(await storedFormatGroups(drawPicture(TILE))),
];
const timings = groups.flatMap(timeGroup);
if (process.argv.includes('--json')) console.log(JSON.stringify(timings, undefined, 2));
else printTable(timings);
