import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';

/** What the IHDR chunk of a PNG file tells (PNG, 11.2.2). */
export interface PngHeader extends Size {
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly colorType: PngColorType;
  /** Stored in the seven passes of Adam7. */
  readonly interlaced: boolean;
}

/** Number of the standard for each way to store a pixel. */
export type PngColorType = 0 | 2 | 3 | 4 | 6;

/** Color type of pixels that are indices of a palette. */
export const PNG_PALETTE = 3;

/** Bit depths that go with each color type (PNG, table 11.1). */
const DEPTHS: Readonly<Record<PngColorType, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Samples of one stored pixel, by color type. */
export const PNG_STORED_BANDS: Readonly<Record<PngColorType, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** One chunk; `byteOffset` is where its data begin in the file. */
export interface PngChunk {
  readonly type: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

const SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MAX_CHUNK_BYTES = 2 ** 31 - 1;

/** True for bytes that begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/**
 * The chunks whose headers lie in `bytes`, which begin the file. The last one may reach beyond `bytes`.
 *
 * @throws ImageError `malformed` when this is not a PNG file.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  if (!isPng(bytes)) throw new ImageError('malformed', 'The PNG signature is missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  while (at + 8 <= bytes.length) {
    const byteLength = view.getUint32(at);
    if (byteLength > MAX_CHUNK_BYTES) throw new ImageError('malformed', 'A PNG chunk is too long');
    yield { type: asciiOf(bytes.subarray(at + 4, at + 8)), byteOffset: at + 8, byteLength };
    at += 12 + byteLength;
  }
}

/**
 * Parses the signature and the first chunk: the first 33 bytes of a file.
 *
 * @throws ImageError `malformed`.
 */
export function parsePngHeader(bytes: Uint8Array): PngHeader {
  const { value: first } = pngChunks(bytes).next();
  if (first?.type !== 'IHDR' || first.byteLength !== 13 || bytes.length < 29) {
    throw new ImageError('malformed', 'The PNG file does not begin with a header');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + first.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bitDepth, colorType] = [view.getUint8(8), view.getUint8(9)];
  if (width === 0 || height === 0 || width > MAX_CHUNK_BYTES || height > MAX_CHUNK_BYTES) {
    throw new ImageError('malformed', `A PNG of ${width}x${height} pixels`);
  }
  if (!DEPTHS[colorType as PngColorType]?.includes(bitDepth)) {
    throw new ImageError('malformed', `PNG color type ${colorType} does not go with ${bitDepth} bits`);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > 1) {
    throw new ImageError('malformed', 'The PNG uses a compression, filter or interlace method that does not exist');
  }
  return {
    width,
    height,
    bitDepth: bitDepth as PngHeader['bitDepth'],
    colorType: colorType as PngColorType,
    interlaced: view.getUint8(12) === 1,
  };
}

/** Bands after decoding: palettes become RGB, a tRNS chunk becomes an alpha band. */
export function pngBands(header: PngHeader, hasTransparency: boolean): number {
  const bands = header.colorType === PNG_PALETTE ? 3 : PNG_STORED_BANDS[header.colorType];
  return bands + (hasTransparency && bands % 2 === 1 ? 1 : 0);
}
