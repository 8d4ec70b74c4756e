import type { EncodeOptions, ImageEncoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { type KernelExports, KernelHost } from '../kernels/kernel-host.ts';
import { type HuffmanTable, huffmanCodes, optimalHuffmanTable } from './huffman-table.ts';
import { type JpegSettings, resolveJpegSettings } from './options.ts';
import { quantizationTable } from './quantization-table.ts';
import { type Scan, scanScript } from './scan-script.ts';
import { huffmanSegment, metadataSegments, quantizationSegment, segment } from './segments.ts';
import { AC_CHROMA, AC_LUMA, DC_CHROMA, DC_LUMA } from './standard-huffman-tables.ts';

/** `kernels/jpeg-encode.as.ts`. */
type EncoderKernel = KernelExports & {
  readonly divisorsAddress: () => number;
  readonly huffmanAddress: () => number;
  readonly frequenciesAddress: () => number;
  readonly outputAddress: () => number;
  readonly begin: (width: number, bands: number, layout: number, bandHeight: number, keptHeight: number) => number;
  readonly encodeBand: (rows: number) => number;
  readonly transformBand: (rows: number) => void;
  readonly finishScan: () => number;
  readonly codeDcScan: (countOnly: number, low: number, refinement: number) => number;
  readonly codeAcScan: (
    component: number,
    start: number,
    end: number,
    low: number,
    refinement: number,
    countOnly: number,
    height: number,
  ) => number;
};

/** Pixels are handed to the kernel in bands of about this many bytes. */
const BAND_BYTES = 1 << 20;
const MAX_SIDE = 65535;

const SOI = Uint8Array.of(0xff, 0xd8);
const EOI = Uint8Array.of(0xff, 0xd9);

/** DC and AC tables of luma, then of chroma: the order of the kernel. */
type ScanTables = readonly (HuffmanTable | undefined)[];
const STANDARD_TABLES: ScanTables = [DC_LUMA, AC_LUMA, DC_CHROMA, AC_CHROMA];

/**
 * JPEG encoder on the SIMD kernel `jpeg-encode`. Takes uint8 pixels of 1 (gray), 3 (RGB) or 4 bands (RGB and a fourth
 * band that is dropped) and any size up to 65535; writes YCbCr with JFIF.
 */
export function createJpegEncoder(module: WebAssembly.Module): ImageEncoder {
  const host = new KernelHost<EncoderKernel>(module);
  return {
    kind: 'encoder',
    mediaType: 'image/jpeg',
    accepts: { bands: [1, 3], dtypes: ['uint8'] },
    encode(pixels, options) {
      const data = checkedSamples(pixels);
      return host.run((kernel) => encodePicture(kernel, { ...pixels, data }, options));
    },
  };
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly data: Uint8Array;
}

function checkedSamples(pixels: PixelBuffer): Uint8Array {
  const { width, height, bands, data } = pixels;
  if (!(data instanceof Uint8Array) || (bands !== 1 && bands !== 3 && bands !== 4)) {
    throw new ImageError('unsupported', `JPEG cannot hold ${bands} bands of ${pixels.dtype}`);
  }
  if (!(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE)) {
    throw new ImageError('unsupported', `JPEG cannot hold ${width} x ${height} pixels`);
  }
  if (data.length !== width * height * bands) {
    throw new ImageError('codec', `${width} x ${height} x ${bands} pixels expected, ${data.length} samples given`);
  }
  return data;
}

function encodePicture(kernel: EncoderKernel, picture: Picture, options: EncodeOptions): Uint8Array {
  const settings = resolveJpegSettings(options);
  const color = picture.bands > 1;
  const chunks: Uint8Array[] = [SOI, ...metadataSegments(options.metadata)];
  const luma = quantizationTable('luma', settings.quality);
  const chroma = quantizationTable('chroma', settings.quality);
  chunks.push(quantizationSegment(0, luma));
  if (color) chunks.push(quantizationSegment(1, chroma));
  const divisors = new Uint16Array(kernel.memory.buffer, kernel.divisorsAddress(), 128);
  divisors.set(luma);
  divisors.set(chroma, 64);
  chunks.push(frameSegment(picture, settings));
  if (settings.coding === 'baseline') encodeAtOnce(kernel, picture, settings, chunks);
  else encodeProgressive(kernel, picture, settings, chunks);
  chunks.push(EOI);
  return concatenate(chunks);
}

/** SOF0 or SOF2. */
function frameSegment({ width, height, bands }: Picture, { coding, subsampling }: JpegSettings): Uint8Array {
  const lumaFactors = bands > 1 && subsampling === '4:2:0' ? 0x22 : 0x11;
  const components = [1, lumaFactors, 0];
  if (bands > 1) components.push(2, 0x11, 1, 3, 0x11, 1);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return segment(coding === 'progressive' ? 0xc2 : 0xc0, [8, ...size, components.length / 3], components);
}

/** SOS of a scan over `components` (0-based) with the spectral selection and the bit positions of table B.3. */
function scanSegment(components: readonly number[], spectrum: readonly [number, number], bits: number): Uint8Array {
  const selectors = components.flatMap((component) => [component + 1, component === 0 ? 0x00 : 0x11]);
  return segment(0xda, [components.length], selectors, [...spectrum, bits]);
}

const allComponents = (bands: number): readonly number[] => (bands > 1 ? [0, 1, 2] : [0]);

function begin(
  kernel: EncoderKernel,
  picture: Picture,
  settings: JpegSettings,
  keep: boolean,
): () => Generator<number> {
  const { width, height, bands, data } = picture;
  const layout = bands === 1 ? 0 : settings.subsampling === '4:4:4' ? 1 : 2;
  const bandHeight = Math.min(Math.ceil(height / 16), Math.max(1, Math.floor(BAND_BYTES / (width * bands * 16)))) * 16;
  const address = kernel.begin(width, bands, layout, bandHeight, keep ? height : 0);
  /** Copies one band after another into the kernel; yields the rows of each. */
  return function* () {
    for (let y = 0; y < height; y += bandHeight) {
      const rows = Math.min(bandHeight, height - y);
      const samples = data.subarray(y * width * bands, (y + rows) * width * bands);
      new Uint8Array(kernel.memory.buffer, address, samples.length).set(samples);
      yield rows;
    }
  };
}

/** Copies what the kernel has written. */
function takeOutput(kernel: EncoderKernel, byteLength: number): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, kernel.outputAddress(), byteLength).slice();
}

/** Gives the kernel the codes, and the file the tables. */
function useTables(kernel: EncoderKernel, tables: ScanTables, chunks: Uint8Array[]): void {
  const codes = new Uint32Array(kernel.memory.buffer, kernel.huffmanAddress(), 1024);
  tables.forEach((table, i) => {
    if (table === undefined) return;
    codes.set(huffmanCodes(table), i * 256);
    chunks.push(huffmanSegment(i % 2 === 0 ? 'dc' : 'ac', i >> 1, table));
  });
}

/** One pass with the standard tables. */
function encodeAtOnce(kernel: EncoderKernel, picture: Picture, settings: JpegSettings, chunks: Uint8Array[]): void {
  const bands = begin(kernel, picture, settings, false);
  useTables(kernel, STANDARD_TABLES.slice(0, picture.bands > 1 ? 4 : 2), chunks);
  chunks.push(scanSegment(allComponents(picture.bands), [0, 63], 0));
  for (const rows of bands()) chunks.push(takeOutput(kernel, kernel.encodeBand(rows)));
  chunks.push(takeOutput(kernel, kernel.finishScan()));
}

/** Coefficients first, then scan by scan, each with tables made for it. */
function encodeProgressive(
  kernel: EncoderKernel,
  picture: Picture,
  settings: JpegSettings,
  chunks: Uint8Array[],
): void {
  for (const rows of begin(kernel, picture, settings, true)()) kernel.transformBand(rows);
  for (const scan of scanScript(picture.bands > 1 ? 3 : 1)) encodeScan(kernel, picture, scan, chunks);
}

function encodeScan(kernel: EncoderKernel, picture: Picture, scan: Scan, chunks: Uint8Array[]): void {
  const { low } = scan;
  const refinement = Number(scan.refinement);
  const run = (countOnly: 0 | 1): number =>
    scan.kind === 'dc'
      ? kernel.codeDcScan(countOnly, low, refinement)
      : kernel.codeAcScan(scan.component, scan.start, scan.end, low, refinement, countOnly, picture.height);
  run(1);
  const used = scan.kind === 'ac' ? [scan.component === 0 ? 1 : 3] : refinement ? [] : picture.bands > 1 ? [0, 2] : [0];
  useTables(kernel, optimalTables(kernel, used), chunks);
  const bits = ((scan.refinement ? low + 1 : 0) << 4) | low;
  const components = scan.kind === 'ac' ? [scan.component] : allComponents(picture.bands);
  chunks.push(scanSegment(components, scan.kind === 'ac' ? [scan.start, scan.end] : [0, 0], bits));
  chunks.push(takeOutput(kernel, run(0)));
}

function optimalTables(kernel: EncoderKernel, used: readonly number[]): ScanTables {
  const frequencies = new Uint32Array(kernel.memory.buffer, kernel.frequenciesAddress(), 1024);
  return [0, 1, 2, 3].map((i) =>
    used.includes(i) ? optimalHuffmanTable(frequencies.subarray(i * 256, (i + 1) * 256)) : undefined,
  );
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
