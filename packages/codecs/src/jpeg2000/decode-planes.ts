import { ImageError } from '@sectile/core/errors';
import {
  BLOCK_FIELDS,
  type Jpeg2000Coding,
  type Jpeg2000Plane,
  type Jpeg2000Window,
  subbandSide,
} from '@sectile/core/jpeg2000';
import type { BlockCache, BlockKey } from './block-cache.ts';
import type { Jpeg2000Kernel } from './kernel.ts';
import { type ResolutionWindow, type TileComponent, WindowReader } from './window-reader.ts';

/** Coefficients of up to 14 bit-planes, doubled and with a sign, fit 16 bits. */
const NARROW_PLANES = 14;
const MAX_BLOCK_SAMPLES = 4096;
/** Smaller code-blocks are decoded again sooner than found, and would drive larger ones out. */
const MIN_KEPT_SAMPLES = 256;
/** Vectors read and write a little beyond what they are given. */
const SLACK = 64;
/** Columns or rows that the wavelet filters need beyond the samples of the last resolution, on both sides together. */
const MAX_MARGINS = 8;

/** What goes from step to step of decoding one window. */
interface WindowDecoder {
  readonly kernel: Jpeg2000Kernel;
  readonly window: Jpeg2000Window;
  readonly reader: WindowReader;
  readonly cache: BlockCache | undefined;
  /** Addresses: the blocks' bytes, the segments, one decoded block, the same narrowed. */
  readonly bytes: number;
  readonly segments: number;
  readonly block: number;
  readonly narrow: number;
}

/** A stretch of samples of a tile-component in the kernel's memory: 32 bits each, `stride` bytes a row. */
interface SamplePiece {
  readonly address: number;
  readonly stride: number;
  readonly reversible: boolean;
}

/** A stretch of a subband. */
interface BandWindow {
  readonly orientation: 0 | 1 | 2 | 3;
  readonly width: number;
  readonly height: number;
  readonly step: number;
}

/**
 * Decodes the component planes of a window: code-blocks, wavelet, component transform, level shift, clamping.
 *
 * @returns Address of each plane in the kernel's memory: i32 samples without gaps, followed by at least 64 bytes.
 */
export function decodePlanes(
  kernel: Jpeg2000Kernel,
  window: Jpeg2000Window,
  bytes: Uint8Array,
  cache: BlockCache | undefined,
): number[] {
  const planes = window.components.map(({ width, height }) => kernel.allocateZeros(4 * width * height + SLACK));
  const decoder: WindowDecoder = {
    kernel,
    window,
    reader: new WindowReader(window),
    cache: window.cacheKey && cache,
    bytes: copyIn(kernel, bytes),
    segments: copyIn(
      kernel,
      new Uint8Array(window.segments.buffer, window.segments.byteOffset, window.segments.byteLength),
    ),
    block: kernel.allocate(4 * MAX_BLOCK_SAMPLES + SLACK),
    narrow: kernel.allocate(2 * MAX_BLOCK_SAMPLES + SLACK),
  };
  const mark = kernel.mark();
  while (!decoder.reader.ended) {
    decodeTile(decoder, planes);
    kernel.release(mark);
  }
  return planes;
}

function copyIn(kernel: Jpeg2000Kernel, bytes: Uint8Array): number {
  const address = kernel.allocate(bytes.length + SLACK);
  const memory = new Uint8Array(kernel.memory.buffer, address, bytes.length + SLACK);
  memory.set(bytes);
  memory.fill(0, bytes.length);
  return address;
}

function decodeTile(decoder: WindowDecoder, planes: readonly number[]): void {
  const { kernel, window, reader } = decoder;
  const hasTransform = reader.readComponentTransform();
  const components = window.components.map(() => reader.readComponent());
  const transformed = hasTransform && sharesGrid(components);
  const pieces: (SamplePiece | undefined)[] = [];
  for (let index = 0; index < components.length; index++) {
    const mark = kernel.mark();
    const component = components[index]!;
    pieces.push(component.resolutionCount === 0 ? undefined : decodeComponent(decoder, component));
    const isLastOfTransform = transformed && index === 2;
    if (transformed && index < 2) continue;
    if (isLastOfTransform) undoComponentTransform(kernel, component, pieces);
    for (let i = isLastOfTransform ? 0 : index; i <= index; i++) {
      const done = pieces[i];
      if (!done) continue;
      finishPiece(kernel, done, components[i]!, { plane: window.components[i]!, planeAddress: planes[i]! });
    }
    if (!transformed) kernel.release(mark);
  }
}

/** The component transforms need three components with the same samples and wavelets (T.800 G.1). */
function sharesGrid([first, second, third]: readonly TileComponent[]): boolean {
  if (!first || !second || !third) return false;
  return [second, third].every(
    ({ x0, y0, width, height, coding }) =>
      x0 === first.x0 &&
      y0 === first.y0 &&
      width === first.width &&
      height === first.height &&
      coding.reversible === first.coding.reversible,
  );
}

function undoComponentTransform(
  kernel: Jpeg2000Kernel,
  { width, height, decimation }: TileComponent,
  [first, second, third]: readonly (SamplePiece | undefined)[],
): void {
  if (!first || !second || !third) return;
  const count = sampledSide(width, decimation) * sampledSide(height, decimation);
  const undo = first.reversible ? kernel.inverseRct : kernel.inverseIct;
  undo(first.address, second.address, third.address, count);
}

/** Samples of the last resolution that `side` samples every `decimation` span. */
function sampledSide(side: number, decimation: number): number {
  return (side - 1) * decimation + 1;
}

/** Level shift (T.800 G.1.2), clamping to the component's range, and to where it belongs in the plane. */
function finishPiece(
  kernel: Jpeg2000Kernel,
  { address, stride, reversible }: SamplePiece,
  { x0, y0, width, height, decimation }: TileComponent,
  { plane, planeAddress }: { plane: Jpeg2000Plane; planeAddress: number },
): void {
  const { bits, signed } = plane;
  if (bits > 31) throw new ImageError('unsupported', `Components of ${bits} bits`);
  const half = 2 ** (bits - 1);
  const finish = reversible ? kernel.finishIntegers : kernel.finishFloats;
  const [offset, minimum, maximum] = signed ? [0, -half, half - 1] : [half, 0, 2 * half - 1];
  const target = planeAddress + 4 * ((y0 - plane.y0) * plane.width + (x0 - plane.x0));
  if (decimation === 1) {
    finish(address, stride, target, 4 * plane.width, width, height, offset, minimum, maximum);
    return;
  }
  const sampledWidth = sampledSide(width, decimation);
  const sampledHeight = sampledSide(height, decimation);
  finish(address, stride, address, stride, sampledWidth, sampledHeight, offset, minimum, maximum);
  const words = new Int32Array(kernel.memory.buffer);
  for (let y = 0; y < height; y++) {
    let from = (address + y * decimation * stride) >> 2;
    const to = (target >> 2) + y * plane.width;
    for (let x = 0; x < width; x++, from += decimation) words[to + x] = words[from]!;
  }
}

/** All resolutions of a tile-component, to exactly the samples asked for. */
function decodeComponent(decoder: WindowDecoder, component: TileComponent): SamplePiece {
  const { kernel, reader } = decoder;
  const { coding, lowestResolution, resolutionCount } = component;
  const width = sampledSide(component.width, component.decimation);
  const height = sampledSide(component.height, component.decimation);
  const result = kernel.allocate(4 * (width + MAX_MARGINS) * (height + MAX_MARGINS) + SLACK);
  const mark = kernel.mark();
  let last = reader.readResolution();
  // Without samples where resolutions below are not listed: then it is no LL, but empty all the same.
  const lowest: BandWindow = { orientation: 0, width: last.width, height: last.height, step: coding.steps[0]! };
  let address = decodeBand(decoder, coding, lowest);
  const highest = lowestResolution + resolutionCount - 1;
  for (let level = lowestResolution + 1; level <= highest; level++) {
    const resolution = reader.readResolution();
    const output = level === highest ? result : kernel.allocate(4 * resolution.width * resolution.height + SLACK);
    synthesize(decoder, coding, { level, resolution, output, below: last, address });
    address = output;
    last = resolution;
  }
  const first = sampleIndex(last, component.x0 * component.decimation, component.y0 * component.decimation);
  const from = address + 4 * first;
  // In place, where there are margins to drop: each row moves down.
  if (from !== result || last.width !== width) {
    kernel.copyRows(from, 4 * last.width, result, 4 * width, 4 * width, height);
  }
  kernel.release(mark);
  return { address: result, stride: 4 * width, reversible: coding.reversible };
}

function sampleIndex({ x0, y0, width }: ResolutionWindow, x: number, y: number): number {
  return (y - y0) * width + (x - x0);
}

interface SynthesisStep {
  readonly level: number;
  readonly resolution: ResolutionWindow;
  /** Address of the resolution's samples. */
  readonly output: number;
  /** Covers the LL samples that this resolution needs, which begin at `address`. */
  readonly below: ResolutionWindow;
  readonly address: number;
}

/** One step of the inverse wavelet transform. */
function synthesize(decoder: WindowDecoder, coding: Jpeg2000Coding, step: SynthesisStep): void {
  const { kernel } = decoder;
  const { resolution, output, below, address } = step;
  const { x0, y0, width, height } = resolution;
  const hl = decodeBand(decoder, coding, bandOf(coding, step, 1));
  const lh = decodeBand(decoder, coding, bandOf(coding, step, 2));
  const hh = decodeBand(decoder, coding, bandOf(coding, step, 3));
  const ll = address + 4 * sampleIndex(below, Math.ceil(x0 / 2), Math.ceil(y0 / 2));
  const scratch = kernel.allocate(kernel.rowScratch(width));
  const run = coding.reversible ? kernel.synthesize53 : kernel.synthesize97;
  run(ll, 4 * below.width, hl, lh, hh, x0 % 2, y0 % 2, width, height, scratch, output);
}

function bandOf({ steps }: Jpeg2000Coding, { level, resolution }: SynthesisStep, orientation: 1 | 2 | 3): BandWindow {
  return {
    orientation,
    width: subbandSide(resolution.x0, resolution.width, orientation === 2 ? 0 : 1),
    height: subbandSide(resolution.y0, resolution.height, orientation === 1 ? 0 : 1),
    step: steps[3 * (level - 1) + orientation]!,
  };
}

/** Decodes the code-blocks of a stretch of a subband into a buffer of its size. */
function decodeBand(decoder: WindowDecoder, coding: Jpeg2000Coding, band: BandWindow): number {
  const { kernel, window, reader } = decoder;
  const address = kernel.allocateZeros(4 * band.width * band.height + SLACK);
  const blockCount = reader.readBlockCount();
  for (let i = 0; i < blockCount; i++) {
    reader.readBlock();
    const at = reader.block;
    const x = window.blocks[at]!;
    const y = window.blocks[at + 1]!;
    const width = window.blocks[at + 2]!;
    const narrow = window.blocks[at + 4]! <= NARROW_PLANES;
    const left = Math.max(0, -x);
    const top = Math.max(0, -y);
    const shownWidth = Math.min(x + width, band.width) - (x + left);
    const shownHeight = Math.min(y + window.blocks[at + 3]!, band.height) - (y + top);
    if (shownWidth <= 0 || shownHeight <= 0) continue;
    const block = loadBlock(decoder, coding, band.orientation);
    const source = block + (top * width + left) * (narrow ? 2 : 4);
    const target = address + 4 * ((y + top) * band.width + x + left);
    if (coding.reversible) {
      kernel.placeReversible(source, width, Number(narrow), shownWidth, shownHeight, target, band.width);
    } else {
      kernel.placeIrreversible(
        source,
        width,
        Number(narrow),
        shownWidth,
        shownHeight,
        target,
        band.width,
        band.step / 2,
      );
    }
  }
  return address;
}

/** Address of the coefficients of the block last read, from the cache or decoded. */
function loadBlock(
  decoder: WindowDecoder,
  { blockStyle, roiShift }: Jpeg2000Coding,
  orientation: BandWindow['orientation'],
): number {
  const { kernel, window, reader, cache } = decoder;
  const at = reader.block;
  const width = window.blocks[at + 2]!;
  const height = window.blocks[at + 3]!;
  const planes = window.blocks[at + 4]!;
  const narrow = planes <= NARROW_PLANES;
  const key = cache && width * height >= MIN_KEPT_SAMPLES ? keyOf(window, at / BLOCK_FIELDS) : undefined;
  const address = narrow ? decoder.narrow : decoder.block;
  const byteLength = width * height * (narrow ? 2 : 4);
  if (key && cache?.read(key, new Uint8Array(kernel.memory.buffer, address, byteLength))) return address;
  const segments = decoder.segments + 8 * reader.segment;
  const bytes = decoder.bytes + reader.byte;
  const segmentCount = window.blocks[at + 5]!;
  const cleanupPlane = window.blocks[at + 6]!;
  const output = decoder.block;
  if (cleanupPlane >= 0) {
    kernel.decodeHtBlock(bytes, segments, segmentCount, width, height, planes, cleanupPlane, blockStyle, output);
  } else {
    kernel.decodeBlock(bytes, segments, segmentCount, width, height, planes, orientation, blockStyle, output);
  }
  if (roiShift > 0) kernel.undoMaxShift(decoder.block, width * height, roiShift);
  if (narrow) kernel.narrowCoefficients(decoder.block, width * height, decoder.narrow);
  if (key) cache?.write(key, new Uint8Array(kernel.memory.buffer, address, byteLength));
  return address;
}

function keyOf({ cacheKey, blockIds }: Jpeg2000Window, block: number): BlockKey | undefined {
  const id = blockIds[block]!;
  return cacheKey && id > 0 ? { codestream: cacheKey, id } : undefined;
}
