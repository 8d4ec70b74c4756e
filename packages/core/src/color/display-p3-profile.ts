/** Primaries of Display P3 under D50 as rows X, Y, Z: the inverse of `XYZ_TO_LINEAR`. */
const COLORANTS = [
  0.5151187009, 0.291977832, 0.157103467, 0.2411891678, 0.6922440506, 0.0665667815, -0.0010504527, 0.0418791201,
  0.7840713326,
];
/** Bradford from D65 to D50 (ICC.1:2022, annex E). */
const ADAPTATION = [
  1.0478860032, 0.0229187652, -0.0502160953, 0.0295817825, 0.9904835185, -0.0170787077, -0.0092518808, 0.0150726075,
  0.7516781336,
];
const D50 = [0.9642, 1, 0.8249];
/** IEC 61966-2-1 as `parametricCurveType` 3: g, a, b, c, d. */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

const HEADER_BYTES = 128;

/** The ICC profile of Display P3 (ICC.1:2022): what answers in that space carry. Always the same bytes. */
export const DISPLAY_P3_PROFILE: Uint8Array = displayP3Profile();

function displayP3Profile(): Uint8Array {
  const column = (index: number): number[] => [0, 1, 2].map((row) => COLORANTS[row * 3 + index] ?? 0);
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ['desc', localText('Display P3')],
    ['cprt', localText('No copyright, use freely')],
    ['wtpt', typed('XYZ ', D50)],
    ['chad', typed('sf32', ADAPTATION)],
    ['rXYZ', typed('XYZ ', column(0))],
    ['gXYZ', typed('XYZ ', column(1))],
    ['bXYZ', typed('XYZ ', column(2))],
    ...['rTRC', 'gTRC', 'bTRC'].map((name) => [name, parametric(CURVE)] as const),
  ];
  const indexBytes = 4 + tags.length * 12;
  const size = tags.reduce((sum, [, data]) => sum + data.length, HEADER_BYTES + indexBytes);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  writeHeader(bytes, view);
  view.setUint32(HEADER_BYTES, tags.length);
  let at = HEADER_BYTES + indexBytes;
  for (const [index, [name, data]] of tags.entries()) {
    const entry = HEADER_BYTES + 4 + index * 12;
    writeText(bytes, entry, name);
    view.setUint32(entry + 4, at);
    view.setUint32(entry + 8, data.length);
    bytes.set(data, at);
    at += data.length;
  }
  return bytes;
}

function writeHeader(bytes: Uint8Array, view: DataView): void {
  view.setUint32(0, bytes.length);
  view.setUint32(8, 0x04400000); // version 4.4
  writeText(bytes, 12, 'mntrRGB XYZ ');
  view.setUint16(24, 2024); // date and time of the profile
  view.setUint16(26, 1);
  view.setUint16(28, 1);
  writeText(bytes, 36, 'acsp');
  for (const [i, value] of D50.entries()) view.setInt32(68 + i * 4, Math.round(value * 65536));
}

/** `XYZType`, `s15Fixed16ArrayType`. */
function typed(type: string, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 + values.length * 4);
  writeText(bytes, 0, type);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setInt32(8 + i * 4, Math.round(value * 65536));
  return bytes;
}

/** `parametricCurveType` 3. */
function parametric(parameters: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(12 + parameters.length * 4);
  bytes.set(typed('para', [0, ...parameters]));
  bytes[9] = 3;
  return bytes;
}

/** `multiLocalizedUnicodeType` of one text, padded to a multiple of four bytes. */
function localText(text: string): Uint8Array {
  const bytes = new Uint8Array(28 + ((text.length * 2 + 3) & ~3));
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, 'mluc');
  view.setUint32(8, 1);
  view.setUint32(12, 12);
  writeText(bytes, 16, 'enUS');
  view.setUint32(20, text.length * 2);
  view.setUint32(24, 28);
  for (let i = 0; i < text.length; i++) view.setUint16(28 + i * 2, text.charCodeAt(i));
  return bytes;
}

function writeText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}
