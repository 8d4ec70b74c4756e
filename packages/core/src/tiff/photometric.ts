import { ImageError } from '../errors.ts';
import type { ColorModel, ExtraSample } from '../metadata/image-info.ts';
import type { FieldValues } from './field-value.ts';

/** Numbers of tag PhotometricInterpretation (262) that the code has to tell apart. */
export const PHOTOMETRIC = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  mask: 4,
  separated: 5,
  ycbcr: 6,
  cielab: 8,
  icclab: 9,
  itulab: 10,
  logL: 32844,
  logLuv: 32845,
} as const;

interface Photometric {
  readonly name: string;
  /** Bands that the interpretation itself needs, as stored; more are extra samples. */
  readonly bands: number;
  /** What they mean once decoded; `undefined`: not supported. */
  readonly color: ColorModel | undefined;
}

const PHOTOMETRICS: Readonly<Record<number, Photometric>> = {
  0: { name: 'WhiteIsZero', bands: 1, color: 'grayscale' },
  1: { name: 'BlackIsZero', bands: 1, color: 'grayscale' },
  2: { name: 'RGB', bands: 3, color: 'rgb' },
  3: { name: 'Palette', bands: 1, color: 'rgb' },
  4: { name: 'Transparency mask', bands: 1, color: 'grayscale' },
  5: { name: 'Separated', bands: 4, color: 'cmyk' },
  6: { name: 'YCbCr', bands: 3, color: 'rgb' },
  8: { name: 'CIELab', bands: 3, color: 'cielab' },
  9: { name: 'ICCLab', bands: 3, color: 'icclab' },
  10: { name: 'ITULab', bands: 3, color: 'icclab' },
  32803: { name: 'Color filter array', bands: 1, color: undefined },
  32844: { name: 'LogL', bands: 1, color: 'grayscale' },
  32845: { name: 'LogLuv', bands: 3, color: 'rgb' },
  34892: { name: 'Linear raw', bands: 1, color: undefined },
};

/** Name and bands of a photometric interpretation. @throws ImageError `unsupported` naming it. */
export function photometricOf(code: number): { name: string; bands: number; color: ColorModel } {
  const known = PHOTOMETRICS[code];
  if (!known?.color) {
    throw new ImageError('unsupported', `TIFF photometric ${code} (${known?.name ?? 'unknown'}) is not supported`);
  }
  return { name: known.name, bands: known.bands, color: known.color };
}

/** Where the required tag is missing, the number of bands decides, as in libtiff. */
export function photometricCodeOf(values: FieldValues): number {
  const fallback = values.requireNumber('SamplesPerPixel') >= 3 ? PHOTOMETRIC.rgb : PHOTOMETRIC.blackIsZero;
  return values.number('PhotometricInterpretation') ?? fallback;
}

const EXTRA_SAMPLES: Readonly<Record<number, ExtraSample>> = { 1: 'associated-alpha', 2: 'unassociated-alpha' };

/** Meaning of the color model's bands and of those beyond them. */
export interface BandMeaning {
  readonly color: ColorModel;
  readonly extraSamples: readonly ExtraSample[];
}

/**
 * Decides what `storedBands` bands mean. Gray or ink data with more bands than its interpretation explains, none of
 * them alpha, is multiband: layers of equal rank rather than a gray picture with attachments.
 */
export function bandMeaningOf(
  photometric: number,
  storedBands: number,
  fields: { readonly extraSamples: readonly number[]; readonly inkSet: number },
): BandMeaning {
  const { name, bands, color } = photometricOf(photometric);
  if (photometric === PHOTOMETRIC.separated && (fields.inkSet !== 1 || storedBands < bands)) {
    return { color: 'multiband', extraSamples: [] };
  }
  if (storedBands < bands) {
    throw new ImageError('malformed', `${name} needs ${bands} bands but the file has ${storedBands}`);
  }
  const extraSamples: ExtraSample[] = [];
  for (let i = 0; i < storedBands - bands; i++) {
    extraSamples.push(EXTRA_SAMPLES[fields.extraSamples[i] ?? 0] ?? 'unspecified');
  }
  const layersOfEqualRank = extraSamples.length > 0 && extraSamples.every((extra) => extra === 'unspecified');
  if (color === 'grayscale' && layersOfEqualRank) return { color: 'multiband', extraSamples: [] };
  return { color, extraSamples };
}
