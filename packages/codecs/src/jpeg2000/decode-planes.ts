import { ImageError } from '@sectile/core/errors';
import {
  BLOCK_FIELDS,
  type Jpeg2000Band,
  type Jpeg2000Plane,
  type Jpeg2000Resolution,
  type Jpeg2000Tile,
  type Jpeg2000TileComponent,
  type Jpeg2000Window,
} from '@sectile/core/jpeg2000';
import type { BlockCache } from './block-cache.ts';
import type { Jpeg2000Kernel } from './kernel.ts';

/** Coefficients of up to 14 bit-planes, doubled and with a sign, fit 16 bits. */
const NARROW_PLANES = 14;
const MAX_BLOCK_SAMPLES = 4096;
/** Vectors read and write a little beyond what they are given. */
const SLACK = 64;

/** What goes from step to step of decoding one window. */
interface WindowDecoder {
  readonly kernel: Jpeg2000Kernel;
  readonly window: Jpeg2000Window;
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
  const planes = window.components.map(({ width, height }) => kernel.allocate(4 * width * height + SLACK));
  const decoder: WindowDecoder = {
    kernel,
    window,
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
  for (const tile of window.tiles) {
    decodeTile(decoder, tile, planes);
    kernel.release(mark);
  }
  return planes;
}

function copyIn(kernel: Jpeg2000Kernel, bytes: Uint8Array): number {
  const address = kernel.allocate(bytes.length + SLACK);
  new Uint8Array(kernel.memory.buffer, address, bytes.length).set(bytes);
  return address;
}

function decodeTile(decoder: WindowDecoder, tile: Jpeg2000Tile, planes: readonly number[]): void {
  const { kernel, window } = decoder;
  const transformed = tile.componentTransform && sharesGrid(tile);
  const pieces: (SamplePiece | undefined)[] = [];
  for (const [index, component] of tile.components.entries()) {
    const mark = kernel.mark();
    const piece = component.width * component.height === 0 ? undefined : decodeComponent(decoder, component);
    pieces.push(piece);
    const isLastOfTransform = transformed && index === 2;
    if (transformed && index < 2) continue;
    if (isLastOfTransform) undoComponentTransform(kernel, component, pieces);
    for (let i = isLastOfTransform ? 0 : index; i <= index; i++) {
      const done = pieces[i];
      if (!done) continue;
      finishPiece(kernel, done, window.components[i]!, tile.components[i]!);
      placePiece(kernel, done, tile.components[i]!, { plane: window.components[i]!, address: planes[i]! });
    }
    if (!transformed) kernel.release(mark);
  }
}

/** The component transforms need three components with the same samples and wavelets (T.800 G.1). */
function sharesGrid({ components }: Jpeg2000Tile): boolean {
  const [first, second, third] = components;
  if (!first || !second || !third) return false;
  return [second, third].every(
    ({ x0, y0, width, height, reversible }) =>
      x0 === first.x0 &&
      y0 === first.y0 &&
      width === first.width &&
      height === first.height &&
      reversible === first.reversible,
  );
}

function undoComponentTransform(
  kernel: Jpeg2000Kernel,
  { width, height, decimation }: Jpeg2000TileComponent,
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

/** Level shift (T.800 G.1.2) and clamping to the component's range. */
function finishPiece(
  kernel: Jpeg2000Kernel,
  piece: SamplePiece,
  { bits, signed }: Jpeg2000Plane,
  { width, height, decimation }: Jpeg2000TileComponent,
): void {
  if (bits > 31) throw new ImageError('unsupported', `Components of ${bits} bits`);
  const half = 2 ** (bits - 1);
  const finish = piece.reversible ? kernel.finishIntegers : kernel.finishFloats;
  const count = sampledSide(width, decimation) * sampledSide(height, decimation);
  if (signed) finish(piece.address, count, 0, -half, half - 1);
  else finish(piece.address, count, half, 0, 2 * half - 1);
}

function placePiece(
  kernel: Jpeg2000Kernel,
  piece: SamplePiece,
  { x0, y0, width, height, decimation }: Jpeg2000TileComponent,
  { plane, address }: { plane: Jpeg2000Plane; address: number },
): void {
  const target = address + 4 * ((y0 - plane.y0) * plane.width + (x0 - plane.x0));
  if (decimation === 1) {
    kernel.copyRows(piece.address, piece.stride, target, 4 * plane.width, 4 * width, height);
    return;
  }
  const words = new Int32Array(kernel.memory.buffer);
  for (let y = 0; y < height; y++) {
    let from = (piece.address + y * decimation * piece.stride) >> 2;
    const to = (target >> 2) + y * plane.width;
    for (let x = 0; x < width; x++, from += decimation) words[to + x] = words[from]!;
  }
}

/** All resolutions of a tile-component, to exactly the samples asked for. */
function decodeComponent(decoder: WindowDecoder, component: Jpeg2000TileComponent): SamplePiece {
  const { kernel } = decoder;
  const { reversible, resolutions } = component;
  const width = sampledSide(component.width, component.decimation);
  const height = sampledSide(component.height, component.decimation);
  const [lowest, ...others] = resolutions;
  const result = kernel.allocate(4 * width * height + SLACK);
  const mark = kernel.mark();
  let last = lowest!;
  let address = decodeBand(decoder, component, last.bands[0]!);
  for (const resolution of others) {
    address = synthesize(decoder, component, resolution, { below: last, address });
    last = resolution;
  }
  const from =
    address + 4 * sampleIndex(last, component.x0 * component.decimation, component.y0 * component.decimation);
  kernel.copyRows(from, 4 * last.width, result, 4 * width, 4 * width, height);
  kernel.release(mark);
  return { address: result, stride: 4 * width, reversible };
}

function sampleIndex({ x0, y0, width }: Jpeg2000Resolution, x: number, y: number): number {
  return (y - y0) * width + (x - x0);
}

/** One step of the inverse wavelet transform. `below` covers the LL samples that this resolution needs. */
function synthesize(
  decoder: WindowDecoder,
  component: Jpeg2000TileComponent,
  resolution: Jpeg2000Resolution,
  { below, address }: { below: Jpeg2000Resolution; address: number },
): number {
  const { kernel } = decoder;
  const { x0, y0, width, height } = resolution;
  const output = kernel.allocate(4 * width * height + SLACK);
  const [hl, lh, hh] = resolution.bands.map((band) => decodeBand(decoder, component, band));
  const ll = address + 4 * sampleIndex(below, Math.ceil(x0 / 2), Math.ceil(y0 / 2));
  const scratch = kernel.allocate(kernel.rowScratch(width));
  const run = component.reversible ? kernel.synthesize53 : kernel.synthesize97;
  run(ll, 4 * below.width, hl!, lh!, hh!, x0 % 2, y0 % 2, width, height, scratch, output);
  return output;
}

/** Decodes the code-blocks of a stretch of a subband into a buffer of its size. */
function decodeBand(decoder: WindowDecoder, component: Jpeg2000TileComponent, band: Jpeg2000Band): number {
  const { kernel, window } = decoder;
  const address = kernel.allocate(4 * band.width * band.height + SLACK);
  for (let i = band.firstBlock; i < band.firstBlock + band.blockCount; i++) {
    const at = i * BLOCK_FIELDS;
    const x = window.blocks[at]!;
    const y = window.blocks[at + 1]!;
    const width = window.blocks[at + 2]!;
    const narrow = window.blocks[at + 4]! <= NARROW_PLANES;
    const left = Math.max(0, -x);
    const top = Math.max(0, -y);
    const shownWidth = Math.min(x + width, band.width) - (x + left);
    const shownHeight = Math.min(y + window.blocks[at + 3]!, band.height) - (y + top);
    if (shownWidth <= 0 || shownHeight <= 0) continue;
    const block = loadBlock(decoder, component, band, i);
    const source = block + (top * width + left) * (narrow ? 2 : 4);
    const target = address + 4 * ((y + top) * band.width + x + left);
    if (component.reversible) {
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

/** Address of a block's coefficients, from the cache or decoded. */
function loadBlock(
  decoder: WindowDecoder,
  component: Jpeg2000TileComponent,
  band: Jpeg2000Band,
  index: number,
): number {
  const { kernel, window, cache } = decoder;
  const at = index * BLOCK_FIELDS;
  const width = window.blocks[at + 2]!;
  const height = window.blocks[at + 3]!;
  const planes = window.blocks[at + 4]!;
  const narrow = planes <= NARROW_PLANES;
  const id = window.blockIds[index]!;
  const key = window.cacheKey && id > 0 ? { codestream: window.cacheKey, id } : undefined;
  const address = narrow ? decoder.narrow : decoder.block;
  const byteLength = width * height * (narrow ? 2 : 4);
  if (key && cache?.read(key, new Uint8Array(kernel.memory.buffer, address, byteLength))) return address;
  const segments = decoder.segments + 8 * window.blocks[at + 5]!;
  const bytes = decoder.bytes + window.blocks[at + 7]!;
  const segmentCount = window.blocks[at + 6]!;
  const cleanupPlane = window.blocks[at + 8]!;
  const { blockStyle } = component;
  const output = decoder.block;
  if (cleanupPlane >= 0) {
    kernel.decodeHtBlock(bytes, segments, segmentCount, width, height, planes, cleanupPlane, blockStyle, output);
  } else {
    kernel.decodeBlock(bytes, segments, segmentCount, width, height, planes, band.orientation, blockStyle, output);
  }
  if (component.roiShift > 0) kernel.undoMaxShift(decoder.block, width * height, component.roiShift);
  if (narrow) kernel.narrowCoefficients(decoder.block, width * height, decoder.narrow);
  if (key) cache?.write(key, new Uint8Array(kernel.memory.buffer, address, byteLength));
  return address;
}
