import { ImageError } from '@sectile/core/errors';
import type { Jpeg2000BandSource, Jpeg2000Color, Jpeg2000Plane, Jpeg2000Window } from '@sectile/core/jpeg2000';
import { createPixelBuffer, type DType, type PixelBuffer, takeBytes } from '@sectile/core/pixels';
import { convertColor } from './convert-color.ts';
import type { Jpeg2000Kernel } from './kernel.ts';

/** Type of the samples that a color makes: 8 bits for fewer, more as needed. */
export function sampleType({ bits, signed }: Jpeg2000Color): DType {
  if (bits <= 8) return signed ? 'int8' : 'uint8';
  if (bits <= 16) return signed ? 'int16' : 'uint16';
  return signed ? 'int32' : 'uint32';
}

/** Bits of the samples handed out: what is stored, but 8 for less. Signed samples are never scaled. */
export function sampleBits({ bits, signed }: Jpeg2000Color): number {
  return signed ? bits : Math.max(8, bits);
}

/** Makes interleaved pixels of a window out of its component planes in the kernel's memory. */
export function planesToPixels(kernel: Jpeg2000Kernel, window: Jpeg2000Window, planes: readonly number[]): PixelBuffer {
  const { width, height, color } = window;
  if (isPlainRgb(window)) {
    const count = width * height;
    const [red, green, blue] = color.bands.map(({ component }) => planes[component]!);
    const output = kernel.allocate(3 * count + 64);
    kernel.interleaveThreeBytes(red!, green!, blue!, count, output);
    const data = takeBytes(3 * count);
    data.set(new Uint8Array(kernel.memory.buffer, output, 3 * count));
    return { width, height, bands: 3, dtype: 'uint8', data };
  }
  const pixels = createPixelBuffer(width, height, color.bands.length, sampleType(color));
  for (const [band, source] of color.bands.entries()) {
    const plane = window.components[source.component];
    if (!plane) throw new ImageError('codec', 'A band of a component that is not there');
    if (plane.width * plane.height === 0) continue;
    const samples = new Int32Array(kernel.memory.buffer, planes[source.component]!, plane.width * plane.height);
    fillBand(pixels, band, { samples, plane, window, map: sampleMap(source, color) });
  }
  convertColor(pixels, color, sampleBits(color));
  return pixels;
}

/** Three 8-bit components as they are: the case that is worth a kernel. */
function isPlainRgb({ color, components, width, height }: Jpeg2000Window): boolean {
  if (color.bands.length !== 3 || color.bits !== 8 || color.convert !== 'none') return false;
  return color.bands.every(({ component, bits, signed, paletteColumn }) => {
    const plane = components[component];
    return bits === 8 && !signed && paletteColumn === undefined && plane?.width === width && plane.height === height;
  });
}

/** How one band's stored samples become those handed out: level, palette, scale. */
interface SampleMap {
  readonly offset: number;
  readonly scale: number;
  readonly palette: Int32Array | undefined;
}

function sampleMap(source: Jpeg2000BandSource, color: Jpeg2000Color): SampleMap {
  const palette = source.paletteColumn === undefined ? undefined : color.palette[source.paletteColumn]?.values;
  if (color.signed) return { offset: 0, scale: 1, palette };
  const offset = source.signed ? 2 ** (source.bits - 1) : 0;
  // Bands of fewer bits (a mask of one bit beside 8-bit colors) are stretched to the common range.
  const scale = (2 ** sampleBits(color) - 1) / (2 ** source.bits - 1);
  return { offset, scale, palette };
}

interface BandInput {
  readonly samples: Int32Array;
  readonly plane: Jpeg2000Plane;
  readonly window: Jpeg2000Window;
  readonly map: SampleMap;
}

/** Samples of a coarser component stand for all pixels up to the next one. */
function fillBand(pixels: PixelBuffer, band: number, { samples, plane, window, map }: BandInput): void {
  const { width, height, bands, data } = pixels;
  const { offset, scale, palette } = map;
  const columns = sampleNumbers(window.x0, width, plane.stepX, { start: plane.x0, count: plane.width });
  const rows = sampleNumbers(window.y0, height, plane.stepY, { start: plane.y0, count: plane.height });
  const lastEntry = palette ? palette.length - 1 : 0;
  for (let y = 0; y < height; y++) {
    const from = rows[y]! * plane.width;
    let to = y * width * bands + band;
    for (let x = 0; x < width; x++, to += bands) {
      let sample = samples[from + columns[x]!]!;
      if (palette) sample = palette[Math.max(0, Math.min(sample, lastEntry))]!;
      sample += offset;
      data[to] = scale === 1 ? sample : Math.round(sample * scale);
    }
  }
}

/** For each pixel of a run the number of its sample within a plane. */
function sampleNumbers(
  first: number,
  count: number,
  step: number,
  plane: { readonly start: number; readonly count: number },
): Int32Array {
  return Int32Array.from({ length: count }, (_, i) =>
    Math.max(0, Math.min(plane.count - 1, Math.floor((first + i) / step) - plane.start)),
  );
}
