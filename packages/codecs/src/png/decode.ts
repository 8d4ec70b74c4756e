import type { ImageDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import { PNG_PALETTE, PNG_STORED_BANDS, type PngHeader, parsePngHeader, pngBands, pngChunks } from '@sectile/core/png';
import type { Zlib } from '../deflate/zlib.ts';
import { assertPixelCount } from '../pixel-count.ts';
import { type Pass, passesOf } from './passes.ts';
import { type PngColors, writeRow } from './row-samples.ts';
import { unfilter } from './unfilter.ts';

/**
 * PNG: palettes become RGB and tRNS becomes an alpha band, 1 to 4 bits are scaled to 8, 16 bits stay. A file that ends
 * early yields the rows that are there, the rest zero.
 */
export function createPngDecoder(zlib: Zlib): ImageDecoder {
  return {
    kind: 'image',
    decode(bytes, { maxPixels }) {
      const header = parsePngHeader(bytes);
      assertPixelCount(header.width, header.height, maxPixels);
      const { colors, parts } = collectChunks(bytes, header);
      const rows = layOut(header);
      const inflated = zlib.inflate(concat(parts), rows.byteLength);
      if (inflated.length === 0) throw new ImageError('codec', 'The PNG data is broken');
      return unpack(inflated, rows, header, colors);
    },
  };
}

interface Collected {
  readonly colors: PngColors;
  /** Data of the IDAT chunks, in order. */
  readonly parts: readonly Uint8Array[];
}

function collectChunks(bytes: Uint8Array, header: PngHeader): Collected {
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const parts: Uint8Array[] = [];
  for (const { type, byteOffset, byteLength } of pngChunks(bytes)) {
    const data = bytes.subarray(byteOffset, byteOffset + byteLength);
    if (type === 'PLTE') palette ??= data;
    else if (type === 'tRNS') transparency ??= data;
    else if (type === 'IDAT') parts.push(data);
    else if (type === 'IEND') break;
  }
  if (parts.length === 0) throw new ImageError('codec', 'The PNG file has no pixels');
  if (header.colorType === PNG_PALETTE && !palette) throw new ImageError('codec', 'The PNG palette is missing');
  return { colors: { palette, transparency }, parts };
}

interface RowLayout {
  readonly passes: readonly Pass[];
  readonly bitsPerPixel: number;
  /** All rows of all passes, each with its filter type. */
  readonly byteLength: number;
}

function layOut(header: PngHeader): RowLayout {
  const bitsPerPixel = header.bitDepth * PNG_STORED_BANDS[header.colorType];
  const passes = passesOf(header, header.interlaced);
  const byteLength = passes.reduce((sum, pass) => sum + pass.height * (rowBytes(pass, bitsPerPixel) + 1), 0);
  return { passes, bitsPerPixel, byteLength };
}

function rowBytes({ width }: Pass, bitsPerPixel: number): number {
  return Math.ceil((width * bitsPerPixel) / 8);
}

/** Unfilters rows in place and turns them into pixels. */
function unpack(
  inflated: Uint8Array,
  { passes, bitsPerPixel }: RowLayout,
  header: PngHeader,
  colors: PngColors,
): PixelBuffer {
  const bands = pngBands(header, colors.transparency !== undefined);
  const pixels = createPixelBuffer(header.width, header.height, bands, header.bitDepth === 16 ? 'uint16' : 'uint8');
  const pixelByteLength = Math.max(1, bitsPerPixel >> 3);
  let byteOffset = 0;
  for (const pass of passes) {
    const rowByteLength = rowBytes(pass, bitsPerPixel);
    const stride = rowByteLength + 1;
    const rowCount = Math.min(pass.height, Math.floor((inflated.length - byteOffset) / stride));
    if (rowCount <= 0) break;
    unfilter({ bytes: inflated, byteOffset, rowByteLength, rowCount, pixelByteLength });
    for (let row = 0; row < rowCount; row++) {
      const stored = inflated.subarray(byteOffset + row * stride + 1, byteOffset + (row + 1) * stride);
      const y = pass.yStart + row * pass.yStep;
      const first = (y * header.width + pass.xStart) * bands;
      writeRow(stored, { header, colors, pixels, first, count: pass.width, step: pass.xStep * bands });
    }
    byteOffset += pass.height * stride;
  }
  return pixels;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
