import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'sectile-vips-'));
let count = 0;

/** A fresh file name. */
function temporary(extension: string): string {
  return join(scratch, `${count++}${extension}`);
}

function vips(...args: string[]): void {
  execFileSync('vips', args, { stdio: 'pipe' });
}

/** 8-bit RGB samples of a picture file, by libvips. `blur` is the sigma of a Gaussian, 0 for none. */
export function rgbSamples(file: string, blur = 0): Uint8Array {
  const srgb = temporary('.v');
  const flat = temporary('.v');
  const raw = temporary('.raw');
  vips('colourspace', file, srgb, 'srgb');
  vips('extract_band', srgb, flat, '0', '--n', '3');
  if (blur === 0) vips('rawsave', flat, raw);
  else {
    const soft = temporary('.v');
    vips('gaussblur', flat, soft, String(blur));
    vips('rawsave', soft, raw);
  }
  return new Uint8Array(readFileSync(raw));
}

/** The samples of a PNG or JPEG in memory. */
export function samplesOfBytes(bytes: Uint8Array, blur = 0): Uint8Array {
  const file = temporary('.png');
  writeFileSync(file, bytes);
  return rgbSamples(file, blur);
}

/** Part of a picture file in a size, by libvips: averaged where that is a whole fraction, else as thumbnails are made. */
export function cropAndScale(
  file: string,
  crop: { x: number; y: number; width: number; height: number },
  size: { width: number; height: number },
  blur = 0,
): Uint8Array {
  const cut = temporary('.v');
  const scaled = temporary('.v');
  vips('extract_area', file, cut, String(crop.x), String(crop.y), String(crop.width), String(crop.height));
  const factor = crop.width / size.width;
  if (Number.isInteger(factor) && crop.height === factor * size.height) {
    vips('shrink', cut, scaled, String(factor), String(factor));
  } else {
    vips('thumbnail', cut, scaled, String(size.width), '--height', String(size.height), '--size', 'force');
  }
  return rgbSamples(scaled, blur);
}

/** A picture of signed bytes as unsigned ones: -128 becomes 0. */
export function unsigned(file: string): string {
  const shifted = temporary('.v');
  vips('linear', file, shifted, '1', '128', '--uchar');
  return shifted;
}

/** Mean absolute difference of two sample arrays of equal length, in 8-bit steps. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} samples against ${b.length}`);
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += Math.abs((a[index] ?? 0) - (b[index] ?? 0));
  return sum / a.length;
}
