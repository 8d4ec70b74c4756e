import type { PixelBuffer, SampleArray } from '@sectile/core/pixels';
import { PNG_PALETTE, type PngHeader } from '@sectile/core/png';

/** The chunks that say what stored samples mean. */
export interface PngColors {
  /** PLTE: red, green, blue of each entry. */
  readonly palette: Uint8Array | undefined;
  /** tRNS: alpha of each palette entry, or the one color that is transparent, 16 bits a band. */
  readonly transparency: Uint8Array | undefined;
}

/** Where the pixels of a row go. */
export interface RowTarget {
  readonly header: PngHeader;
  readonly colors: PngColors;
  readonly pixels: PixelBuffer;
  /** Index of the first sample. */
  readonly first: number;
  /** Pixels of the row. */
  readonly count: number;
  /** Samples from a pixel to the next. */
  readonly step: number;
}

/** Turns the bytes of an unfiltered row into samples. */
export function writeRow(stored: Uint8Array, target: RowTarget): void {
  const { header } = target;
  if (header.colorType === PNG_PALETTE) writeIndexed(stored, target);
  else if (header.bitDepth === 16) write16(stored, target);
  else if (header.bitDepth === 8) write8(stored, target);
  else writePacked(stored, target);
}

function write8(stored: Uint8Array, { header, colors, pixels, first, count, step }: RowTarget): void {
  const { data, bands } = pixels;
  const alpha = colorKeyed(header, colors) ? 1 : 0;
  const storedBands = bands - alpha;
  if (alpha === 0 && step === bands) {
    (data as Uint8Array).set(stored, first);
    return;
  }
  for (let i = 0, from = 0, to = first; i < count; i++, to += step) {
    for (let band = 0; band < storedBands; band++) data[to + band] = stored[from++]!;
    if (alpha) data[to + storedBands] = isKey(data, to, storedBands, colors, 255) ? 0 : 255;
  }
}

function write16(stored: Uint8Array, { header, colors, pixels, first, count, step }: RowTarget): void {
  const { data, bands } = pixels;
  const alpha = colorKeyed(header, colors) ? 1 : 0;
  const storedBands = bands - alpha;
  for (let i = 0, from = 0, to = first; i < count; i++, to += step) {
    for (let band = 0; band < storedBands; band++) {
      data[to + band] = (stored[from]! << 8) | stored[from + 1]!;
      from += 2;
    }
    if (alpha) data[to + storedBands] = isKey(data, to, storedBands, colors, 65535) ? 0 : 65535;
  }
}

/** Gray of 1, 2 or 4 bits: scaled to 0..255. */
function writePacked(stored: Uint8Array, { header, colors, pixels, first, count, step }: RowTarget): void {
  const { bitDepth } = header;
  const { data } = pixels;
  const maximum = (1 << bitDepth) - 1;
  const scale = 255 / maximum;
  const { transparency } = colors;
  const key = transparency && transparency.length >= 2 ? (transparency[1]! & maximum) | (transparency[0]! << 8) : -1;
  for (let i = 0, to = first; i < count; i++, to += step) {
    const bit = i * bitDepth;
    const sample = (stored[bit >> 3]! >> (8 - bitDepth - (bit & 7))) & maximum;
    data[to] = sample * scale;
    if (transparency) data[to + 1] = sample === key ? 0 : 255;
  }
}

/** Palette entries beyond its end are black and opaque, as browsers show them. */
function writeIndexed(stored: Uint8Array, { header, colors, pixels, first, count, step }: RowTarget): void {
  const { bitDepth } = header;
  const { data } = pixels;
  const { palette = new Uint8Array(0), transparency } = colors;
  const mask = (1 << bitDepth) - 1;
  for (let i = 0, to = first; i < count; i++, to += step) {
    const bit = i * bitDepth;
    const index = (stored[bit >> 3]! >> (8 - bitDepth - (bit & 7))) & mask;
    data[to] = palette[index * 3] ?? 0;
    data[to + 1] = palette[index * 3 + 1] ?? 0;
    data[to + 2] = palette[index * 3 + 2] ?? 0;
    if (transparency) data[to + 3] = transparency[index] ?? 255;
  }
}

/** True when tRNS names one transparent color: gray and RGB only, the others have alpha of their own. */
function colorKeyed({ colorType }: PngHeader, { transparency }: PngColors): boolean {
  return transparency !== undefined && (colorType === 0 || colorType === 2);
}

function isKey(data: SampleArray, at: number, bands: number, { transparency }: PngColors, mask: number): boolean {
  for (let band = 0; band < bands; band++) {
    const key = ((transparency?.[band * 2] ?? 0) << 8) | (transparency?.[band * 2 + 1] ?? 0);
    if (data[at + band] !== (key & mask)) return false;
  }
  return true;
}
