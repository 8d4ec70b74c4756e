import { ImageError } from '@sectile/core/errors';
import { COLORMAP_NAMES, CONVOLUTION_KERNEL_NAMES } from '@sectile/core/processing';
import type { RenderRequest } from '@sectile/core/render';
import type { IipDraft } from './draft.ts';
import { leadingInteger, leadingNumber, splitList } from './numbers.ts';

/**
 * Commands that change what a later command delivers, by upper-case name. Each gets its value decoded and never empty.
 * Values that make no sense are ignored, as IIP viewers have come to expect; a repeated command replaces the former.
 */
export const MODIFIERS: Readonly<Record<string, (draft: IipDraft, value: string) => void>> = {
  FIF: (draft, value) => {
    draft.image = value;
  },
  WID: (draft, value) => setSide(draft, 'width', value),
  HEI: (draft, value) => setSide(draft, 'height', value),
  RGN: setRegion,
  ROT: setRotation,
  SDS: (draft, value) => {
    const [horizontal = 0, vertical = 90] = splitList(value, ',').map(leadingInteger);
    setView(draft, horizontal, vertical);
  },
  LYR: (draft, value) => {
    const layers = leadingInteger(value);
    if (layers === 0) delete draft.layers;
    else draft.layers = layers < 0 ? ALL_LAYERS : Math.min(layers, ALL_LAYERS);
  },
  QLT: setQuality,
  BIT: (draft, value) => {
    const bits = BITS.get(value.toLowerCase());
    if (bits !== undefined) draft.bits = bits;
  },
  CNT: (draft, value) => {
    const word = value.toLowerCase();
    if (word === 'eq' || word === 'equalization') draft.equalize = true;
    else if (word === 'st' || word === 'stretch' || leadingNumber(value) === -1) draft.contrast = 'stretch';
    else draft.contrast = leadingNumber(value);
  },
  GAM: (draft, value) => {
    const isLog = /^log(?:arithm)?$/i.test(value) || leadingNumber(value) === -1;
    draft.gamma = isLog ? 'log' : leadingNumber(value);
  },
  MINMAX: setRange,
  INV: (draft) => {
    draft.invert = true;
  },
  CMP: (draft, value) => {
    const name = value.toLowerCase();
    if (COLORMAP_NAMES.includes(name)) draft.colormap = name;
    else delete draft.colormap;
  },
  CTW: (draft, value) => {
    const rows = splitList(withoutBrackets(value), ';').map((row) => splitList(row, ',').map(leadingNumber));
    draft.colorTwist.push(...rows.filter((row) => row.length > 0));
    if (draft.colorTwist.length > MAX_TWIST_ROWS) throw new ImageError('request', 'CTW has too many rows');
  },
  SHD: (draft, value) => {
    const [azimuth, altitude, ...surface] = splitList(value, ',');
    if (azimuth === undefined || altitude === undefined) return;
    const [verticalExaggeration, cellSize] = surface.map(leadingNumber);
    if (cellSize !== undefined && !(cellSize > 0)) throw new ImageError('request', 'A cell of SHD has a size above 0');
    draft.hillshade = {
      azimuthDegrees: leadingInteger(azimuth),
      altitudeDegrees: leadingInteger(altitude),
      ...(verticalExaggeration === undefined ? {} : { verticalExaggeration }),
      ...(cellSize === undefined ? {} : { cellSize }),
    };
  },
  CNV: setConvolution,
  COL: (draft, value) => {
    const quality = COLOR_WORDS.get(value.toLowerCase());
    if (quality !== undefined) draft.quality = quality;
  },
  // Viewers send it; what is embedded is up to the server.
  ICC: () => {},
};

/** Most quality layers that a JPEG 2000 codestream can have (ISO/IEC 15444-1, A.6.1). */
const ALL_LAYERS = 65535;

/** Rows are bands of the result; no picture is delivered with more than a handful. */
const MAX_TWIST_ROWS = 256;

const BITS: ReadonlyMap<string, NonNullable<RenderRequest['output']['bits']>> = new Map<string, 8 | 16 | 'native'>([
  ['8', 8],
  ['16', 16],
  ['native', 'native'],
]);

const COLOR_WORDS: ReadonlyMap<string, 'gray' | 'bitonal'> = new Map([
  ['grey', 'gray'],
  ['gray', 'gray'],
  ['binary', 'bitonal'],
]);

const COMPRESSIONS: ReadonlyMap<string, NonNullable<RenderRequest['output']['compression']>> = new Map([
  ['lzw', 'lzw'],
  ['deflate', 'deflate'],
  ['jpeg', 'jpeg'],
  ['webp', 'webp'],
  ['zstd', 'zstd'],
]);

/**
 * Names a member of a sequence, or a page of a stack.
 *
 * @throws ImageError `request` for negative numbers.
 */
export function setView(draft: IipDraft, horizontal: number, vertical: number): void {
  if (horizontal < 0 || vertical < 0) throw new ImageError('request', 'A position in a sequence is 0 or more');
  draft.view = { horizontal, vertical };
}

function setSide(draft: IipDraft, side: 'width' | 'height', value: string): void {
  const pixels = leadingInteger(value);
  if (pixels < 0) throw new ImageError('request', 'WID and HEI are not negative');
  if (pixels === 0) delete draft[side];
  else draft[side] = pixels;
}

function setRegion(draft: IipDraft, value: string): void {
  // Single precision is part of the protocol's behavior: it decides how .5 is rounded.
  const numbers = splitList(value, ',').map((part) => Math.min(1, Math.max(0, Math.fround(leadingNumber(part)))));
  const [x, y, width, height] = numbers;
  if (numbers.length !== 4 || x === undefined || y === undefined || !width || !height) return;
  draft.region = { kind: 'fraction', x, y, width, height };
}

function setRotation(draft: IipDraft, value: string): void {
  const mirror = value.startsWith('!');
  const degrees = Math.trunc(leadingNumber(mirror ? value.slice(1) : value)) % 360;
  // Adding 0 turns -0 into 0.
  draft.rotation = { mirror, degrees: degrees < 0 ? degrees + 360 : degrees + 0 };
}

function setQuality(draft: IipDraft, value: string): void {
  const colon = value.indexOf(':');
  if (colon >= 0) draft.compression = COMPRESSIONS.get(value.slice(0, colon).toLowerCase()) ?? 'none';
  const quality = value.slice(colon + 1);
  if (quality !== '') draft.outputQuality = leadingInteger(quality);
}

function setRange(draft: IipDraft, value: string): void {
  const colon = value.indexOf(':');
  const channel = colon < 0 ? value : value.slice(0, colon);
  const band = channel === '-' ? 'all' : leadingInteger(channel);
  const [minimum, maximum] = splitList(value.slice(colon + 1), ',').map(leadingNumber);
  if (minimum === undefined || maximum === undefined || (band !== 'all' && band < 0)) return;
  if (band === 'all') draft.ranges.clear();
  draft.ranges.set(band, { minimum, maximum });
}

function setConvolution(draft: IipDraft, value: string): void {
  const name = value.toLowerCase();
  if (CONVOLUTION_KERNEL_NAMES.includes(name)) {
    draft.convolution = name;
    return;
  }
  const parts = splitList(withoutBrackets(value), ',');
  const areNumbers = parts.every((part) => /^\s*[+-]?\.?\d/.test(part));
  if (areNumbers && [1, 9, 25].includes(parts.length)) draft.convolution = parts.map(leadingNumber);
}

function withoutBrackets(text: string): string {
  return text.replace(/^\s*\[/, '').replace(/\]\s*$/, '');
}
