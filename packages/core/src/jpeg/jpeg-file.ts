import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import { orientationOfExif } from '../metadata/exif-orientation.ts';
import type { Density, ImageMetadata } from '../metadata/image-info.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type ColorMarkers, noteColorMarkers } from './color.ts';
import { type FrameHeader, parseFrameHeader } from './frame-header.ts';
import { type MarkerSegment, readMarkerSegment } from './marker-segment.ts';
import { APP0, APP1, APP2, APP14, beginsFrame, DHT, DQT, DRI, EOI, SOS, standsAlone } from './markers.ts';
import { parseScanHeader, type ScanHeader } from './scan-header.ts';
import { parseHuffmanTables, parseRestartInterval, type StoredHuffmanTable } from './tables.ts';

/** What stands before the first scan of a JPEG file. */
export interface JpegFile {
  readonly frame: FrameHeader;
  readonly scan: ScanHeader;
  /** Where the entropy-coded data of the first scan begin. */
  readonly scanOffset: number;
  /** SOI, the segments that decoding needs, and the header of the first scan. */
  readonly headers: Uint8Array;
  readonly restartInterval: number;
  readonly huffmanTables: readonly StoredHuffmanTable[];
  readonly color: ColorMarkers;
  readonly metadata: ImageMetadata;
}

/** Bytes of marker, length, and the longest signature that tells application segments apart. */
const PROBE_BYTES = 4 + 32;
const XMP_SIGNATURE = 'http://ns.adobe.com/xap/1.0/\0';
const EXIF_SIGNATURE = 'Exif\0\0';
const ICC_SIGNATURE = 'ICC_PROFILE\0';

/**
 * Reads the headers of a JPEG file up to its first scan. Application segments that mean nothing here (thumbnails, maker
 * notes) are stepped over.
 *
 * @throws ImageError `malformed` | `unsupported` | `limit` | `source`.
 */
export async function openJpeg(source: RangeSource, limits: Limits, options: ReadOptions = {}): Promise<JpegFile> {
  const segments: MarkerSegment[] = [];
  const needed: Uint8Array[] = [await source.read(0, Math.min(2, source.byteLength), options)];
  let at = 2;
  for (;;) {
    assertWithin(segments.length, limits.maxBoxes, 'The number of JPEG segments');
    const read = await readSegment(source, at, options);
    segments.push(read.segment);
    if (read.needed) needed.push(read.bytes);
    at = read.segment.end;
    if (read.segment.marker === SOS) break;
  }
  const frames = segments.filter(({ marker }) => beginsFrame(marker));
  const [frameSegment] = frames;
  if (frameSegment === undefined || frames.length > 1) {
    throw new ImageError('malformed', `A JPEG file with ${frames.length} frames before its first scan`);
  }
  const frame = parseFrameHeader(frameSegment);
  const restart = segments.findLast(({ marker }) => marker === DRI);
  return {
    frame,
    scan: parseScanHeader(segments.at(-1)!, frame),
    scanOffset: at,
    headers: concatenate(needed),
    restartInterval: restart === undefined ? 0 : parseRestartInterval(restart),
    huffmanTables: segments.filter(({ marker }) => marker === DHT).flatMap(parseHuffmanTables),
    color: segments.reduce(noteColorMarkers, { jfif: false, adobeTransform: undefined }),
    metadata: metadataOf(segments, limits),
  };
}

interface ReadSegment {
  readonly segment: MarkerSegment;
  /** Decoding needs it; then `bytes` hold the marker, too. */
  readonly needed: boolean;
  readonly bytes: Uint8Array;
}

/** Reads the segment at `at`; of application segments that nobody asks for the beginning only. */
async function readSegment(source: RangeSource, at: number, options: ReadOptions): Promise<ReadSegment> {
  const probe = await source.read(at, Math.min(PROBE_BYTES, Math.max(0, source.byteLength - at)), options);
  // Bytes of 0xFF may come before any marker.
  const fill = probe.findIndex((byte) => byte !== 0xff) - 1;
  if (fill > 0) return readSegment(source, at + fill, options);
  const marker = probe[1] ?? EOI;
  if (probe[0] !== 0xff || probe.length < 4 || marker === EOI) {
    throw new ImageError('malformed', 'The JPEG file ends before its first scan');
  }
  const needed = isNeeded(marker);
  const byteLength = standsAlone(marker) ? 2 : 2 + ((probe[2]! << 8) | probe[3]!);
  if (at + byteLength > source.byteLength) throw new ImageError('malformed', 'The JPEG file ends within a segment');
  const whole = needed || isMetadata(marker, probe);
  const bytes = whole ? await source.read(at, byteLength, options) : probe.subarray(0, Math.min(byteLength, 4));
  const parsed = whole ? readMarkerSegment(bytes, 0) : undefined;
  const payload = parsed?.payload ?? bytes.subarray(bytes.length);
  return { segment: { marker, payload, payloadOffset: at + 4, end: at + byteLength }, needed, bytes };
}

function isNeeded(marker: number): boolean {
  const tables = marker === DQT || marker === DHT || marker === DRI;
  return tables || beginsFrame(marker) || marker === SOS || marker === APP0 || marker === APP14;
}

function isMetadata(marker: number, probe: Uint8Array): boolean {
  const text = asciiOf(probe.subarray(4));
  if (marker === APP1) return text.startsWith(XMP_SIGNATURE) || text.startsWith(EXIF_SIGNATURE);
  return marker === APP2 && text.startsWith(ICC_SIGNATURE);
}

function metadataOf(segments: readonly MarkerSegment[], limits: Limits): ImageMetadata {
  const payloads = (marker: number, signature: string): readonly Uint8Array[] =>
    segments
      .filter((segment) => segment.marker === marker)
      .filter(({ payload }) => asciiOf(payload.subarray(0, signature.length)) === signature)
      .map(({ payload }) => payload.subarray(signature.length));
  const [exif] = payloads(APP1, EXIF_SIGNATURE);
  const [xmp] = payloads(APP1, XMP_SIGNATURE);
  const [jfif] = payloads(APP0, 'JFIF\0');
  return {
    text: {},
    icc: joinIccChunks(payloads(APP2, ICC_SIGNATURE), limits),
    xmp,
    exif,
    density: jfif && densityOf(jfif),
    orientation: orientationOfExif(exif),
  };
}

/** The profile out of its chunks (ICC.1 annex B.4), or `undefined` when one is missing. */
function joinIccChunks(chunks: readonly Uint8Array[], { maxTagBytes }: Limits): Uint8Array | undefined {
  const [first] = chunks;
  const count = first?.[1] ?? 0;
  const sorted = Array.from({ length: count }, (_, i) => chunks.find((chunk) => chunk[0] === i + 1));
  const present = sorted.filter((chunk) => chunk !== undefined).map((chunk) => chunk.subarray(2));
  if (count === 0 || present.length < count) return undefined;
  const profile = concatenate(present);
  return profile.length > 0 && profile.length <= maxTagBytes ? profile : undefined;
}

/** Density of a JFIF segment, without its signature (ITU-T T.871 clause 10.1). Unit 0 gives an aspect ratio only. */
function densityOf(jfif: Uint8Array): Density | undefined {
  if (jfif.length < 7) return undefined;
  const [unit, x, y] = [jfif[2], (jfif[3]! << 8) | jfif[4]!, (jfif[5]! << 8) | jfif[6]!];
  if (x === 0 || y === 0 || (unit !== 1 && unit !== 2)) return undefined;
  return { x, y, unit: unit === 1 ? 'inch' : 'cm' };
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
