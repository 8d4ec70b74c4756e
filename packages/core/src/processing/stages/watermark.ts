import { ImageError } from '../../errors.ts';
import { allocateSamples, isFloat, type SampleArray } from '../../pixels/dtype.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { opaqueBandsOf, type StageDefinition, whiteOf } from '../stage.ts';
import type { WatermarkOverlay, WatermarkPlacement, WatermarkStep } from '../stage-step.ts';

/**
 * Lays the overlay over the picture: out = c + (overlay - c) a, with a = overlay alpha times opacity. A picture with
 * unassociated alpha (the last band) gains coverage: A' = a + A (1 - a), c' = (overlay a + c A (1 - a)) / A'.
 * Pictures of other than three colors get the overlay's BT.601 luma in every color band.
 *
 * The picture is cut into blocks of `blockSide`; each block carries the overlay with chance `probability`, where
 * `placement` says, by default at a place drawn from `seed`. An overlay larger than its block starts at the block's
 * corner and is cut.
 */
export const watermark: StageDefinition<'watermark'> = {
  outputShape(step, input) {
    whiteOf('watermark', input.dtype);
    const { width, height, data } = step.overlay;
    if (data.length !== width * height * 4) {
      throw new ImageError('request', `A ${width}x${height} overlay needs ${width * height * 4} bytes`);
    }
    if (!(step.blockSide >= 1)) throw new ImageError('request', `A watermark block of ${step.blockSide} pixels`);
    return input;
  },

  create(step, { dtype }) {
    return {
      kind: 'buffer',
      apply(pixels) {
        const data = allocateSamples(dtype, pixels.data.length);
        data.set(pixels.data);
        const output = { ...pixels, data };
        const color = overlayColors(step.overlay, opaqueBandsOf(step, pixels.bands), whiteOf('watermark', dtype));
        for (const place of placesOf(step, pixels)) blend(output, step, place, color);
        return output;
      },
    };
  },
};

/** Top left of an overlay, and the end of its block; it may begin before the picture does. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

function placesOf(step: WatermarkStep, pixels: PixelBuffer): readonly Place[] {
  return step.placement === 'repeat' ? repeatedPlaces(step, pixels) : placesInBlocks(step, pixels);
}

function repeatedPlaces({ overlay, shift = { x: 0, y: 0 } }: WatermarkStep, { width, height }: PixelBuffer): Place[] {
  const places: Place[] = [];
  for (let y = -(shift.y % overlay.height); y < height; y += overlay.height) {
    for (let x = -(shift.x % overlay.width); x < width; x += overlay.width) {
      places.push({ x, y, right: width, bottom: height });
    }
  }
  return places;
}

function placesInBlocks(step: WatermarkStep, { width, height }: PixelBuffer): Place[] {
  const { overlay, blockSide, probability, placement = 'random' } = step;
  const random = randomNumbers(step.seed);
  const places: Place[] = [];
  for (let top = 0; top < height; top += blockSide) {
    for (let left = 0; left < width; left += blockSide) {
      const right = Math.min(width, left + blockSide);
      const bottom = Math.min(height, top + blockSide);
      // Three draws for each block, so that one block's outcome does not move the others.
      const carries = random() < probability;
      const [across, down] = sharesOf(placement, random(), random());
      const x = left + Math.floor(across * Math.max(0, right - left - overlay.width));
      const y = top + Math.floor(down * Math.max(0, bottom - top - overlay.height));
      if (carries) places.push({ x, y, right, bottom });
    }
  }
  return places;
}

/** How much of the free room lies to the left of an overlay, and above it. */
function sharesOf(placement: WatermarkPlacement, across: number, down: number): readonly [number, number] {
  if (placement === 'random') return [across, down];
  if (placement === 'center') return [0.5, 0.5];
  return [placement.endsWith('right') ? 1 : 0, placement.startsWith('bottom') ? 1 : 0];
}

function blend(pixels: PixelBuffer, step: WatermarkStep, place: Place, color: SampleArray): void {
  const { overlay } = step;
  const { width, bands, data, dtype } = pixels;
  const colors = opaqueBandsOf(step, bands);
  const hasAlpha = colors < bands;
  const white = whiteOf('watermark', dtype);
  const half = isFloat(dtype) ? 0 : 0.5;
  const columns = Math.min(overlay.width, place.right - place.x);
  const rows = Math.min(overlay.height, place.bottom - place.y);
  for (let row = Math.max(0, -place.y); row < rows; row++) {
    for (let column = Math.max(0, -place.x); column < columns; column++) {
      const from = row * overlay.width + column;
      const cover = (overlay.data[from * 4 + 3]! / 255) * step.opacity;
      const start = ((place.y + row) * width + place.x + column) * bands;
      const under = hasAlpha ? (data[start + colors]! / white) * (1 - cover) : 1 - cover;
      const total = cover + under;
      if (cover === 0 || total === 0) continue;
      for (let b = 0; b < colors; b++) {
        data[start + b] = (color[from * colors + b]! * cover + data[start + b]! * under) / total + half;
      }
      if (hasAlpha) data[start + colors] = total * white + half;
    }
  }
}

/** The overlay's colors in the bands and units of the picture. */
function overlayColors({ data }: WatermarkOverlay, colors: number, white: number): SampleArray {
  const pixelCount = data.length / 4;
  const output = new Float32Array(pixelCount * colors);
  for (let pixel = 0; pixel < pixelCount; pixel++) {
    const [r, g, b] = [data[pixel * 4]!, data[pixel * 4 + 1]!, data[pixel * 4 + 2]!];
    if (colors === 3) output.set([(r * white) / 255, (g * white) / 255, (b * white) / 255], pixel * 3);
    else output.fill(((0.299 * r + 0.587 * g + 0.114 * b) * white) / 255, pixel * colors, (pixel + 1) * colors);
  }
  return output;
}

/** Mulberry32: uniform numbers 0 <= u < 1 from an unsigned 32-bit seed. Not for secrets. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
