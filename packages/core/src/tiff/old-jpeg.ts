import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { RangeSource } from '../source/range-source.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import type { FieldValues } from './field-value.ts';
import { PHOTOMETRIC } from './photometric.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DHT = 0xc4;
const DRI = 0xdd;
const SOF0 = 0xc0;
const SOF1 = 0xc1;

/**
 * How the segments of an old-style JPEG picture (TIFF 6.0 section 22, withdrawn since) become complete JPEG streams.
 *
 * - `stream`: the whole picture is one stream somewhere in the file.
 * - `tables`: segments are bare scans; `prefix` is SOI and the shared tables, and each gets a frame of its own size.
 */
export type OldJpeg =
  | { readonly kind: 'stream'; readonly range: ByteRange }
  | { readonly kind: 'tables'; readonly prefix: Uint8Array; readonly components: readonly Component[] };

/** A component of the frame: sampling factors and the numbers of its tables. */
interface Component {
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
  readonly dc: number;
  readonly ac: number;
}

/** What is needed to find out; `segments` reaches from the first stored byte of the picture to behind the last. */
export interface OldJpegFacts {
  readonly bands: number;
  readonly photometric: number;
  readonly tiled: boolean;
  readonly segments: ByteRange | undefined;
}

/**
 * Reads the shared tables of a picture, or finds its one stream. Writers disagreed on what JPEGInterchangeFormat means,
 * so the bytes there decide: a stream with a frame and a scan is the picture, anything else is only tables.
 */
export async function readOldJpeg(
  source: RangeSource,
  values: FieldValues,
  facts: OldJpegFacts,
  limits: Limits,
): Promise<OldJpeg> {
  const start = values.number('JPEGInterchangeFormat');
  if (start !== undefined && start > 0 && start + 4 <= source.byteLength && !facts.tiled) {
    const declared = values.number('JPEGInterchangeFormatLength') ?? 0;
    const segmentsEnd = facts.segments ? facts.segments.byteOffset + facts.segments.byteLength : 0;
    const end = Math.min(source.byteLength, Math.max(start + declared, segmentsEnd > start ? segmentsEnd : 0));
    assertWithin(end - start, limits.maxSegmentBytes, 'Bytes of an old-style JPEG stream');
    const head = await source.read(start, Math.min(end - start, 65536));
    if (head[0] === 0xff && head[1] === SOI && reachesScan(head)) {
      return { kind: 'stream', range: { byteOffset: start, byteLength: end - start } };
    }
  }
  return { kind: 'tables', ...(await readTables(source, values, facts)) };
}

/** True when the marker segments hold a frame header and lead to a scan (or on beyond the bytes at hand). */
function reachesScan(head: Uint8Array): boolean {
  let frame = false;
  for (let at = 2; at + 4 <= head.length && head[at] === 0xff; ) {
    const marker = head[at + 1] ?? 0;
    if (marker === SOF0 || marker === SOF1) frame = true;
    if (marker === SOS) return frame;
    at += 2 + (((head[at + 2] ?? 0) << 8) | (head[at + 3] ?? 0));
    if (at >= head.length) return frame && head.length === 65536;
  }
  return false;
}

/** SOI, quantization tables, Huffman tables and restart interval, from where the tags point: one of each a component. */
async function readTables(
  source: RangeSource,
  values: FieldValues,
  { bands, photometric }: OldJpegFacts,
): Promise<{ prefix: Uint8Array; components: readonly Component[] }> {
  const prefix: number[] = [0xff, SOI];
  const quantization = distinct(await tablesAt(source, values, 'JPEGQTables', bands));
  const dc = distinct(await tablesAt(source, values, 'JPEGDCTables', bands));
  const ac = distinct(await tablesAt(source, values, 'JPEGACTables', bands));
  for (const [id, table] of quantization.tables.entries()) prefix.push(...segment(DQT, [id, ...table]));
  for (const [id, table] of dc.tables.entries()) prefix.push(...segment(DHT, [id, ...table]));
  for (const [id, table] of ac.tables.entries()) prefix.push(...segment(DHT, [0x10 | id, ...table]));
  const interval = values.requireNumber('JPEGRestartInterval');
  if (interval > 0) prefix.push(...segment(DRI, [(interval >> 8) & 255, interval & 255]));
  const [across = 2, down = 2] = values.numbers('YCbCrSubSampling') ?? [];
  const components = Array.from({ length: bands }, (_, band) => {
    const luma = band === 0 && photometric === PHOTOMETRIC.ycbcr;
    return {
      horizontal: luma ? across : 1,
      vertical: luma ? down : 1,
      quantization: quantization.ids[band] ?? 0,
      dc: dc.ids[band] ?? 0,
      ac: ac.ids[band] ?? 0,
    };
  });
  return { prefix: Uint8Array.from(prefix), components };
}

/** The table of each component: 64 quantization steps, or 16 counts of codes and their symbols. */
function tablesAt(
  source: RangeSource,
  values: FieldValues,
  tag: 'JPEGQTables' | 'JPEGDCTables' | 'JPEGACTables',
  bands: number,
): Promise<Uint8Array[]> {
  const offsets = values.numbers(tag);
  if (!offsets) throw new ImageError('malformed', `Old-style JPEG without tag ${tag}`);
  const read = tag === 'JPEGQTables' ? (at: number) => readAt(source, at, 64) : (at: number) => huffmanAt(source, at);
  return Promise.all(offsets.slice(0, bands).map(read));
}

async function huffmanAt(source: RangeSource, byteOffset: number): Promise<Uint8Array> {
  const counts = await readAt(source, byteOffset, 16);
  const symbolCount = counts.reduce((sum, count) => sum + count, 0);
  if (symbolCount > 256) throw new ImageError('malformed', `A Huffman table of ${symbolCount} symbols`);
  return readAt(source, byteOffset, 16 + symbolCount);
}

/** Baseline JPEG has two Huffman tables of a class, the tags one for each component: equal ones become one. */
function distinct(tables: readonly Uint8Array[]): { tables: readonly Uint8Array[]; ids: readonly number[] } {
  const found = new Map<string, { id: number; table: Uint8Array }>();
  const ids = tables.map((table) => {
    const key = table.join();
    const entry = found.get(key) ?? { id: found.size, table };
    found.set(key, entry);
    return entry.id;
  });
  return { tables: [...found.values()].map(({ table }) => table), ids };
}

async function readAt(source: RangeSource, byteOffset: number, byteLength: number): Promise<Uint8Array> {
  if (byteOffset + byteLength > source.byteLength) {
    throw new ImageError('malformed', `A JPEG table at ${byteOffset}, behind the end of the file`);
  }
  return source.read(byteOffset, byteLength);
}

/** A marker segment; its length counts itself. */
function segment(marker: number, body: readonly number[]): number[] {
  const length = body.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...body];
}

/** Makes a complete stream of one segment: tables, a frame of the segment's size, a scan header, the scan, EOI. */
export function completeOldJpeg(
  { prefix, components }: Extract<OldJpeg, { kind: 'tables' }>,
  scan: Uint8Array,
  size: Size,
): Uint8Array {
  if (scan[0] === 0xff && scan[1] === SOI) return scan;
  const { width, height } = size;
  const sides = [height >> 8, height & 255, width >> 8, width & 255];
  const frame = components.flatMap((component, i) => [
    i + 1,
    (component.horizontal << 4) | component.vertical,
    component.quantization,
  ]);
  const selectors = components.flatMap(({ dc, ac }, i) => [i + 1, (dc << 4) | ac]);
  const startOfFrame = components.some(({ dc, ac }) => dc > 1 || ac > 1) ? SOF1 : SOF0;
  const ownScanHeader = scan[0] === 0xff && scan[1] === SOS;
  const header = [
    ...segment(startOfFrame, [8, ...sides, components.length, ...frame]),
    ...(ownScanHeader ? [] : segment(SOS, [components.length, ...selectors, 0, 63, 0])),
  ];
  const stream = new Uint8Array(prefix.length + header.length + scan.length + 2);
  stream.set(prefix);
  stream.set(header, prefix.length);
  stream.set(scan, prefix.length + header.length);
  stream.set([0xff, EOI], stream.length - 2);
  return stream;
}
