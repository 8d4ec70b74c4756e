/** Samples that one page, or one member of a sequence, has on a line. */
export interface ProfileView {
  /** Name of the page, or its number. */
  readonly name: string;
  /** In the units of the file, all bands of a pixel together. */
  readonly samples: ArrayLike<number>;
  /** Samples are multiplied by it. */
  readonly scale: number;
  /** Samples are floating point numbers. */
  readonly isFloat: boolean;
}

/** The JSON reply to `PFL`: one list for a single picture, one for each name otherwise. */
export function profileJson(views: readonly ProfileView[]): string {
  const [only, ...others] = views;
  if (only !== undefined && others.length === 0) return `{\n\t"profile": ${listOf(only)}\n}`;
  const lines = views.map((view) => `\t\t${JSON.stringify(view.name)}: ${listOf(view)}`);
  return `{\n\t"profile": {\n${lines.join(',\n')}\n\t}\n}`;
}

function listOf({ samples, scale, isFloat }: ProfileView): string {
  const write = isFloat ? decimalText : integerText;
  return `[${Array.from(samples, (sample) => write(sample * scale)).join(',')}]`;
}

/** Nine decimals; more digits where that would hide a small number. JSON has no infinity and no NaN. */
function decimalText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return value !== 0 && Math.abs(value) < 1e-3 ? String(Number(value.toPrecision(9))) : value.toFixed(9);
}

/** Whole numbers in full; those that a scale made fractional with nine digits. */
function integerText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(9)));
}

/** One point of a spectrum. */
export interface SpectrumPoint {
  /** Name of the page, or its number. */
  readonly name: string;
  /** 0 to 1 for 8 and 16-bit samples, as stored for others. */
  readonly reflectance: number;
}

/** Reflectance as `SPECTRA` gives it: integers of up to 16 bits as a fraction of their range, others as they are. */
export function reflectanceOf(sample: number, bitsPerSample: number, isFloat: boolean): number {
  if (isFloat || bitsPerSample > 16) return sample;
  return sample / (bitsPerSample > 8 ? 2 ** bitsPerSample - 1 : 255);
}

/** The XML reply to `SPECTRA`. No points when the pixel lies outside a cropped edge tile. */
export function spectraXml(points: readonly SpectrumPoint[]): string {
  const items = points.map(
    ({ name, reflectance }) =>
      `\t<point>\n\t\t<wavelength>${escapeXml(name)}</wavelength>\n` +
      `\t\t<reflectance>${reflectance.toFixed(6)}</reflectance>\n\t</point>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<spectra>\n${items.join('')}</spectra>`;
}

const XML_ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/** Control characters have no place in XML 1.0, escaped or not. */
function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => XML_ENTITIES[character] ?? '').replace(/(?![\t\n\r])\p{Cc}/gu, '?');
}
