import { createHash } from 'node:crypto';
import { defaultCodecs } from '@sectile/codecs';
import { isImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { openImage } from '@sectile/core/pyramid';
import { fileSource } from '@sectile/core/source/node';
import { corpusPath } from './corpus.ts';
import { decodeWhole } from './decode-whole.ts';
import { libtiffBytes } from './libtiff-truth.ts';
import { type Truth, vipsTruth } from './vips-truth.ts';

/** What became of a file. `sha256` is of the decoded samples; it stands in where no truth is installed. */
export type Outcome =
  | { readonly result: 'exact'; readonly by: 'libvips' | 'libtiff'; readonly sha256: string }
  | {
      readonly result: 'close';
      readonly by: 'libvips' | 'libtiff';
      readonly maxDifference: number;
      readonly psnr: number;
      readonly sha256: string;
    }
  /** Decoded, and neither libvips nor libtiff can be compared with. */
  | { readonly result: 'no-truth'; readonly sha256: string }
  | {
      readonly result: 'refused';
      readonly kind: string;
      readonly message: string;
      readonly others: 'refuse' | 'decode';
    };

/** Decodes the first page of a corpus file and holds it against libvips, then against libtiff. */
export async function compareWithOthers(name: string): Promise<Outcome> {
  const path = corpusPath(name);
  const truth = vipsTruth(path);
  const decoded = await decodeFile(path);
  if (!('data' in decoded)) {
    const decodable = truth !== undefined || libtiffBytes(path, 'stored') !== undefined;
    return { result: 'refused', ...decoded, others: decodable ? 'decode' : 'refuse' };
  }
  const byVips = truth && !decoded.premultiplied && compareWithTruth(decoded, truth);
  if (byVips && (byVips.result === 'exact' || (byVips.result === 'close' && byVips.psnr > 45))) return byVips;
  // libvips leaves out subsampled and tiled planar files, and divides by alpha: ask libtiff itself.
  return (
    compareWithStored(decoded, path) ??
    compareWithRgba(decoded, path) ??
    (byVips || { result: 'no-truth', sha256: hash(decoded) })
  );
}

/** Decoding moves a* and b* to an offset of 128; others hand them out as stored, in two's complement. */
function withSignedChroma(pixels: PixelBuffer): PixelBuffer {
  const data = pixels.data.map((value, i) => (i % pixels.bands === 0 || i % pixels.bands > 2 ? value : value ^ 0x80));
  return { ...pixels, data };
}

interface DecodedFile extends PixelBuffer {
  /** libvips divides such pixels by their alpha. */
  readonly premultiplied: boolean;
}

async function decodeFile(path: string): Promise<DecodedFile | { kind: string; message: string }> {
  const source = await fileSource(path);
  try {
    const reader = await openImage(source);
    const premultiplied = reader.info.extraSamples.includes('associated-alpha');
    const whole = await decodeWhole(reader, defaultCodecs());
    const isCielab = reader.info.storage.photometric === 'CIELab';
    return { ...(isCielab ? withSignedChroma(whole) : whole), premultiplied };
  } catch (error) {
    if (!isImageError(error)) throw error;
    return { kind: error.kind, message: error.message };
  } finally {
    await source.close();
  }
}

function compareWithTruth(pixels: PixelBuffer, truth: Truth): Outcome | undefined {
  const sameShape =
    pixels.width === truth.width &&
    pixels.height === truth.height &&
    pixels.bands === truth.bands &&
    pixels.dtype === truth.dtype;
  return sameShape ? compareSamples(pixels, truth.data, 'libvips') : undefined;
}

/** Exact only: what libtiff stores equals our samples where nothing has to be undone after unpacking. */
function compareWithStored(pixels: PixelBuffer, path: string): Outcome | undefined {
  const stored = libtiffBytes(path, 'stored');
  const own = bytesOf(pixels);
  return stored?.length === own.length && Buffer.compare(stored, own) === 0
    ? { result: 'exact', by: 'libtiff', sha256: hash(pixels) }
    : undefined;
}

function compareWithRgba(pixels: PixelBuffer, path: string): Outcome | undefined {
  if (pixels.dtype !== 'uint8' || pixels.bands !== 3) return undefined;
  const rgba = libtiffBytes(path, 'rgba');
  if (rgba?.length !== pixels.width * pixels.height * 4) return undefined;
  const rgb = new Uint8Array(pixels.data.length);
  for (let index = 0; index < rgb.length; index++) rgb[index] = rgba[Math.floor(index / 3) * 4 + (index % 3)] ?? 0;
  return compareSamples(pixels, rgb, 'libtiff');
}

function compareSamples(pixels: PixelBuffer, expected: ArrayLike<number>, by: 'libvips' | 'libtiff'): Outcome {
  let maxDifference = 0;
  let squares = 0;
  let peak = 1;
  for (let index = 0; index < pixels.data.length; index++) {
    const value = expected[index] ?? 0;
    const difference = Math.abs((pixels.data[index] ?? 0) - value);
    if (difference > maxDifference) maxDifference = difference;
    squares += difference * difference;
    if (value > peak) peak = value;
  }
  if (maxDifference === 0) return { result: 'exact', by, sha256: hash(pixels) };
  const full = pixels.dtype === 'uint8' ? 255 : peak;
  const psnr = Math.round(100 * 10 * Math.log10((full * full * pixels.data.length) / squares)) / 100;
  return { result: 'close', by, maxDifference, psnr, sha256: hash(pixels) };
}

function bytesOf({ data }: PixelBuffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function hash(pixels: PixelBuffer): string {
  return createHash('sha256').update(bytesOf(pixels)).digest('hex').slice(0, 16);
}
