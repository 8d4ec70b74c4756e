import type { OutputMetadata } from '@sectile/core/codec';
import { parseWebpHeader, webpChunks } from '@sectile/core/webp';

const FLAG_ICC = 0x20;
const FLAG_ALPHA = 0x10;
const FLAG_EXIF = 0x08;
const FLAG_XMP = 0x04;

interface RiffChunk {
  readonly type: string;
  readonly payload: Uint8Array;
}

/** What goes beside the pixels of one picture. */
export interface WebpMetadata {
  readonly width: number;
  readonly height: number;
  readonly metadata: OutputMetadata | undefined;
}

/**
 * A WebP file with a color profile, Exif and XMP in it (RFC 9649, 2.7: extended format). Without any of them the file
 * is returned as it is.
 */
export function withMetadata(file: Uint8Array, { width, height, metadata }: WebpMetadata): Uint8Array {
  const { icc, exif, xmp } = metadata ?? {};
  if (!icc && !exif && !xmp) return file;
  const { hasAlpha } = parseWebpHeader(file);
  const flags = (icc ? FLAG_ICC : 0) | (hasAlpha ? FLAG_ALPHA : 0) | (exif ? FLAG_EXIF : 0) | (xmp ? FLAG_XMP : 0);
  const chunks: RiffChunk[] = [{ type: 'VP8X', payload: canvas(flags, width, height) }];
  if (icc) chunks.push({ type: 'ICCP', payload: icc });
  for (const { type, byteOffset, byteLength } of webpChunks(file)) {
    if (type === 'ALPH' || type === 'VP8 ' || type === 'VP8L') {
      chunks.push({ type, payload: file.subarray(byteOffset, byteOffset + byteLength) });
    }
  }
  if (exif) chunks.push({ type: 'EXIF', payload: exif });
  if (xmp) chunks.push({ type: 'XMP ', payload: xmp });
  return writeRiff(chunks);
}

function canvas(flags: number, width: number, height: number): Uint8Array {
  const payload = new Uint8Array(10);
  const view = new DataView(payload.buffer);
  payload[0] = flags;
  view.setUint16(4, (width - 1) & 0xffff, true);
  payload[6] = (width - 1) >> 16;
  view.setUint16(7, (height - 1) & 0xffff, true);
  payload[9] = (height - 1) >> 16;
  return payload;
}

function writeRiff(chunks: readonly RiffChunk[]): Uint8Array {
  const paddedLength = ({ payload }: RiffChunk): number => 8 + payload.length + (payload.length & 1);
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + paddedLength(chunk), 12));
  const view = new DataView(bytes.buffer);
  writeTag(bytes, 0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  writeTag(bytes, 8, 'WEBP');
  let at = 12;
  for (const chunk of chunks) {
    writeTag(bytes, at, chunk.type);
    view.setUint32(at + 4, chunk.payload.length, true);
    bytes.set(chunk.payload, at + 8);
    at += paddedLength(chunk);
  }
  return bytes;
}

function writeTag(bytes: Uint8Array, at: number, tag: string): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = tag.charCodeAt(i);
}
