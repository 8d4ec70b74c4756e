import { ImageError } from '@sectile/core/errors';
import {
  beginsFrame,
  type ColorMarkers,
  DHT,
  DQT,
  DRI,
  EOI,
  type FrameHeader,
  type JpegRows,
  type MarkerSegment,
  noteColorMarkers,
  parseFrameHeader,
  parseHuffmanTables,
  parseQuantizationTables,
  parseRestartInterval,
  parseScanHeader,
  readMarkerSegment,
  type ScanHeader,
  SOS,
} from '@sectile/core/jpeg';
import type { KernelExports } from '../kernels/kernel-host.ts';
import type { HuffmanTable } from './huffman-table.ts';
import { AC_CHROMA, AC_LUMA, DC_CHROMA, DC_LUMA } from './standard-huffman-tables.ts';

/** `kernels/jpeg-decode.as.ts`. */
export type DecoderKernel = KernelExports & {
  readonly begin: (byteLength: number) => number;
  readonly tableAddress: () => number;
  readonly defineQuantization: (index: number) => void;
  readonly defineHuffman: (isDc: number, index: number, valuesFollow: number) => number;
  readonly defineComponent: (index: number, h: number, v: number, quantization: number) => void;
  readonly beginFrame: (width: number, height: number, components: number, shift: number, progressive: number) => void;
  readonly beginScan: () => void;
  readonly addToScan: (index: number, single: number, dc: number, ac: number) => number;
  readonly decodeScan: (offset: number, restartInterval: number) => number;
  readonly decodeProgressiveScan: (
    offset: number,
    restartInterval: number,
    start: number,
    last: number,
    low: number,
    refinement: number,
  ) => number;
  readonly setPrediction: (index: number, value: number) => void;
  readonly continueScan: (
    skipBits: number,
    restartInterval: number,
    mcusToRestart: number,
    nextRestart: number,
  ) => number;
  readonly scanEnd: () => number;
  readonly finishProgressive: () => void;
  readonly beginPixels: (rows: number) => number;
  readonly makePixels: (y: number, rows: number, transform: number, invert: number, invertFourth: number) => void;
};

/** Scans of one picture. Encoders write about ten; each costs a walk over all coefficients. */
const MAX_SCANS = 100;

/** How a picture is to be decoded. */
export interface ScanOptions {
  /** Stream with shared tables, read first. */
  readonly tables: Uint8Array | undefined;
  /** log2 of the reduction. */
  readonly shift: number;
  /** Called with the frame before memory is allocated; throws to refuse it. */
  readonly accept: (frame: FrameHeader) => void;
}

/** What the headers told. */
export interface DecodedScans {
  readonly frame: FrameHeader;
  readonly color: ColorMarkers;
}

/** Tables and parameters as they stand at some point of a stream. */
interface StreamState {
  frame: FrameHeader | undefined;
  color: ColorMarkers;
  restartInterval: number;
  readonly quantization: Map<number, Uint16Array>;
  readonly dc: Map<number, HuffmanTable>;
  readonly ac: Map<number, HuffmanTable>;
}

/**
 * Reads a stream's markers and has the kernel decode its scans, so that samples are ready in it.
 *
 * @throws ImageError `malformed`, `unsupported`, `codec` (nothing could be decoded), and what `accept` throws.
 */
export function decodeScans(kernel: DecoderKernel, bytes: Uint8Array, options: ScanOptions): DecodedScans {
  const state = initialState();
  if (options.tables) noteTables(state, options.tables);
  const found = decodeStream(kernel, bytes, options, state);
  if (state.frame === undefined || found === 0) {
    throw new ImageError('codec', 'The JPEG data end before the first pixels');
  }
  if (state.frame.coding === 'progressive') kernel.finishProgressive();
  return { frame: state.frame, color: state.color };
}

/** As {@link decodeScans} for some rows of a sequential scan. `options.tables` are the headers up to that scan's. */
export function decodeRows(
  kernel: DecoderKernel,
  bytes: Uint8Array,
  rows: JpegRows,
  options: ScanOptions,
): DecodedScans {
  const state = initialState();
  const header = options.tables && noteTables(state, options.tables);
  if (state.frame === undefined || state.frame.coding !== 'sequential' || header === undefined) {
    throw new ImageError('malformed', 'Rows of a JPEG picture without its headers');
  }
  const frame = { ...state.frame, height: rows.height };
  const scan = parseScanHeader(header, frame);
  beginPicture(kernel, bytes, options, frame);
  prepareScan(kernel, state, frame, scan);
  rows.predictions.forEach((prediction, index) => {
    if (index < frame.components.length) kernel.setPrediction(index, prediction);
  });
  const found = kernel.continueScan(rows.skipBits, state.restartInterval, rows.mcusToRestart, rows.nextRestart);
  if (found === 0) throw new ImageError('codec', 'The JPEG data end before the first pixels');
  return { frame, color: state.color };
}

function initialState(): StreamState {
  return {
    frame: undefined,
    color: { jfif: false, adobeTransform: undefined },
    restartInterval: 0,
    quantization: new Map(),
    // Streams cut from motion JPEG leave the standard's tables out.
    dc: new Map([
      [0, DC_LUMA],
      [1, DC_CHROMA],
    ]),
    ac: new Map([
      [0, AC_LUMA],
      [1, AC_CHROMA],
    ]),
  };
}

/** Reads what comes before any scan. Returns the header of the scan where there is one. */
function noteTables(state: StreamState, tables: Uint8Array): MarkerSegment | undefined {
  let segment = readMarkerSegment(tables, 0);
  while (segment !== undefined && segment.marker !== EOI && segment.marker !== SOS) {
    noteSegment(state, segment);
    segment = readMarkerSegment(tables, segment.end);
  }
  return segment?.marker === SOS ? segment : undefined;
}

function noteSegment(state: StreamState, segment: MarkerSegment): void {
  switch (segment.marker) {
    case DQT:
      for (const { index, divisors } of parseQuantizationTables(segment)) state.quantization.set(index, divisors);
      break;
    case DHT:
      for (const table of parseHuffmanTables(segment)) state[table.kind].set(table.index, table);
      break;
    case DRI:
      state.restartInterval = parseRestartInterval(segment);
      break;
    default:
      state.color = noteColorMarkers(state.color, segment);
      if (!beginsFrame(segment.marker)) break;
      if (state.frame !== undefined) throw new ImageError('malformed', 'A JPEG stream with two frames');
      state.frame = parseFrameHeader(segment);
  }
}

/** Returns how many MCUs were found. */
function decodeStream(kernel: DecoderKernel, bytes: Uint8Array, options: ScanOptions, state: StreamState): number {
  let found = 0;
  let scans = 0;
  const complete = new Set<number>();
  let segment = readMarkerSegment(bytes, 0);
  while (segment !== undefined && segment.marker !== EOI) {
    if (segment.marker !== SOS) {
      noteSegment(state, segment);
      segment = readMarkerSegment(bytes, segment.end);
      continue;
    }
    const { frame } = state;
    if (frame === undefined) throw new ImageError('malformed', 'A JPEG scan before its frame');
    if (++scans > MAX_SCANS) throw new ImageError('limit', `JPEG with more than ${MAX_SCANS} scans`);
    if (scans === 1) beginPicture(kernel, bytes, options, frame);
    const scan = parseScanHeader(segment, frame);
    prepareScan(kernel, state, frame, scan);
    found += runScan(kernel, segment.end, state.restartInterval, frame, scan);
    for (const { index } of scan.components) complete.add(index);
    // A sequential component comes once; what follows would only overwrite it.
    if (frame.coding === 'sequential' && complete.size === frame.components.length) return found;
    segment = readMarkerSegment(bytes, kernel.scanEnd());
  }
  return found;
}

function beginPicture(kernel: DecoderKernel, bytes: Uint8Array, options: ScanOptions, frame: FrameHeader): void {
  options.accept(frame);
  const address = kernel.begin(bytes.length);
  new Uint8Array(kernel.memory.buffer, address, bytes.length).set(bytes);
  frame.components.forEach(({ h, v, quantization }, index) => {
    // A single component makes MCUs of one block, whatever its factors say.
    const alone = frame.components.length === 1;
    kernel.defineComponent(index, alone ? 1 : h, alone ? 1 : v, quantization);
  });
  const progressive = Number(frame.coding === 'progressive');
  kernel.beginFrame(frame.width, frame.height, frame.components.length, options.shift, progressive);
}

/** Gives the kernel the tables of the scan and the order of its blocks. */
function prepareScan(kernel: DecoderKernel, state: StreamState, frame: FrameHeader, scan: ScanHeader): void {
  kernel.beginScan();
  const single = Number(scan.components.length === 1);
  for (const { index, dc, ac } of scan.components) {
    const divisors = state.quantization.get(frame.components[index]!.quantization);
    if (divisors === undefined) throw new ImageError('malformed', 'A JPEG quantization table is missing');
    new Uint16Array(kernel.memory.buffer, kernel.tableAddress(), 64).set(divisors);
    kernel.defineQuantization(frame.components[index]!.quantization);
    if (scan.start === 0 && scan.high === 0) defineHuffman(kernel, frame, 'dc', dc, state.dc);
    if (scan.end > 0) defineHuffman(kernel, frame, 'ac', ac, state.ac);
    if (!kernel.addToScan(index, single, dc, ac))
      throw new ImageError('malformed', 'A JPEG MCU of more than 10 blocks');
  }
}

function defineHuffman(
  kernel: DecoderKernel,
  frame: FrameHeader,
  kind: 'dc' | 'ac',
  index: number,
  tables: ReadonlyMap<number, HuffmanTable>,
): void {
  const table = tables.get(index);
  if (table === undefined) throw new ImageError('malformed', 'A JPEG Huffman table is missing');
  const input = new Uint8Array(kernel.memory.buffer, kernel.tableAddress(), 272);
  input.set(table.counts);
  input.set(table.symbols, 16);
  if (!kernel.defineHuffman(Number(kind === 'dc'), index, Number(frame.coding === 'sequential'))) {
    throw new ImageError('malformed', 'A JPEG Huffman table is no prefix code');
  }
}

function runScan(
  kernel: DecoderKernel,
  offset: number,
  restartInterval: number,
  frame: FrameHeader,
  { start, end, high, low }: ScanHeader,
): number {
  if (frame.coding === 'sequential') return kernel.decodeScan(offset, restartInterval);
  return kernel.decodeProgressiveScan(offset, restartInterval, start, end, low, Number(high > 0));
}
