import { ImageError } from '../errors.ts';

/**
 * The one order of processing, for tiles and for whole pictures alike. Adjustments of a request and steps of a plan
 * are listed together; names on one row exclude each other or commute.
 */
export const STAGE_ORDER: readonly (readonly string[])[] = [
  // Stored color to something additive.
  ['cielab-to-rgb', 'cmyk-to-rgb'],
  // Elevations, in their own unit; what comes out is normalized already.
  ['elevation-hillshade'],
  // What counts as black and white.
  ['range', 'stretch', 'normalize'],
  // Standard colors before anybody adjusts them.
  ['icc-to-rgb'],
  // Three bands of a normal map become one.
  ['hillshade'],
  ['color-twist'],
  ['gamma', 'log'],
  ['invert'],
  // One band becomes three.
  ['colormap'],
  // After the color map: kernels act on what is seen.
  ['convolution'],
  ['contrast'],
  ['quantize'],
  // Resampling happens here. From here on samples are integers of the output's depth.
  ['unpremultiply'],
  ['flatten', 'select-bands'],
  ['grayscale'],
  ['threshold'],
  ['equalize'],
  // Where the corners of a turned picture can be transparent.
  ['add-alpha'],
  // Mirror first, then turn, as IIIF and IIP both have it.
  ['mirror'],
  ['turn', 'rotate'],
  // Last, so that it is never turned or thinned.
  ['watermark'],
];

const PLACES: ReadonlyMap<string, number> = new Map(
  STAGE_ORDER.flatMap((kinds, place) => kinds.map((kind): [string, number] => [kind, place])),
);

/**
 * Adjustments or steps in the order they are applied. Of equals the given order is kept.
 * @throws ImageError `request` for a kind that the table does not have.
 */
export function orderAdjustments<T extends { readonly kind: string }>(adjustments: readonly T[]): T[] {
  return [...adjustments].sort((a, b) => placeOf(a.kind) - placeOf(b.kind));
}

function placeOf(kind: string): number {
  const place = PLACES.get(kind);
  if (place === undefined) throw new ImageError('request', `There is no processing step '${kind}'`);
  return place;
}
