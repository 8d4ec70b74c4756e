import type { ImageInfo } from '@sectile/core/pyramid';
import type { TextReply } from '../protocol.ts';
import { iipErrorReply } from './errors.ts';
import { formatSignificant } from './numbers.ts';

/** Facts of an image that objects tell. */
export type IipImage = Pick<
  ImageInfo,
  'width' | 'height' | 'levels' | 'tileSize' | 'bitsPerSample' | 'color' | 'ranges' | 'pages' | 'metadata'
>;

/** What objects tell beside facts of the image. */
export interface ObjectContext {
  /** Width and height change places in Max-size. */
  readonly turned: boolean;
  readonly iipVersion: string;
  /** The request as it came. */
  readonly requestText: string;
  /** Rights of images that do not state their own. */
  readonly rights?: string | undefined;
  /** Numbers of the members of a multi-file sequence. `undefined`: one picture, or one stack. */
  readonly views?: { readonly horizontal: readonly number[]; readonly vertical: readonly number[] } | undefined;
}

type Answer = (info: IipImage, context: ObjectContext) => string | undefined;

const DEFAULT_MEDIA_TYPE = 'application/vnd.netfpx';
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Objects that the server answers without an image. */
const SERVER_OBJECTS: Readonly<Record<string, string>> = {
  'iip-server': 'IIP-server:3.65',
  'iip-opt-comm': 'IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW',
  'iip-opt-obj':
    'IIP-opt-obj:Horizontal-views Vertical-views Tile-size Bits-per-channel Min-Max-sample-values Resolutions',
};

const METADATA_KEYS: ReadonlySet<string> = new Set(
  (
    'rights title description creator keywords comment last-author rev-number edit-time last-printed date ' +
    'last-save-dtm software make model scale'
  ).split(' '),
);

const SUMMARY_KEYS = ['rights', 'description', 'creator', 'date', 'software'];

/** Objects that need an image: each answers with its text, without the line end, or `undefined` when it has none. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'basic-info': (info, context) =>
    [SERVER_OBJECTS['iip-server'], maxSize(info, context), resolutionNumber(info), colorspace(info)].join('\r\n'),
  'max-size': maxSize,
  'resolution-number': resolutionNumber,
  'tile-size': ({ tileSize }) => `Tile-size:${tileSize.width} ${tileSize.height}`,
  'bits-per-channel': ({ bitsPerSample }) => `Bits-per-channel:${bitsPerSample}`,
  resolutions: ({ levels }) =>
    `Resolutions:${levels
      .map(({ width, height }) => `${width} ${height}`)
      .reverse()
      .join(',')}`,
  'min-max-sample-values': ({ ranges }) => {
    const numbers = ranges.flatMap(({ minimum, maximum }) => [minimum, maximum]);
    return `Min-Max-sample-values:${numbers
      .map((number) => ` ${formatSignificant(number, 9)} `)
      .join('')
      .trimEnd()}`;
  },
  'horizontal-views': ({ pages }, { views }) =>
    `Horizontal-views:${(views?.horizontal ?? [...pages.keys()]).join(' ')}`,
  'vertical-views': (_info, { views }) => `Vertical-views:${(views?.vertical ?? [90]).join(' ')}`,
  dpi: pixelsPerMeter,
  stack: stackJson,
  'summary-info': (info, context) => {
    const text = textOf(info, context);
    const lines = SUMMARY_KEYS.map((key) => text[key]).filter(Boolean);
    return lines.length > 0 ? lines.join('\r\n') : undefined;
  },
  metadata: metadataJson,
  xmp: ({ metadata }) => (metadata.xmp === undefined ? undefined : new TextDecoder().decode(metadata.xmp) || undefined),
};

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  stack: 'application/json',
  metadata: 'application/json',
  xmp: 'application/xml',
};

/** All objects, lower-cased, but for `iip,1.0`. */
export const OBJECT_NAMES: readonly string[] = [
  ...Object.keys(SERVER_OBJECTS),
  ...Object.keys(ANSWERS),
  'colorspace',
  ...METADATA_KEYS,
];

/** True for a lower-cased object name that can be asked for. */
export function isObject(object: string): boolean {
  return isVersionObject(object) || Object.hasOwn(SERVER_OBJECTS, object) || answerOf(object) !== undefined;
}

/** True when the object can not be told without an image. */
export function needsImage(object: string): boolean {
  return !isVersionObject(object) && !Object.hasOwn(SERVER_OBJECTS, object);
}

/** The reply to objects that need no image. All of `objects` are such. */
export function serverObjectsReply(objects: readonly string[], iipVersion: string): TextReply {
  const lines = objects.flatMap((object) => SERVER_OBJECTS[object] ?? []);
  return {
    status: 200,
    mediaType: DEFAULT_MEDIA_TYPE,
    body: bodyOf(lines),
    headers: versionHeader(objects, iipVersion),
  };
}

/**
 * The reply to objects, in the order asked for, each line ending in CRLF. Objects without a value (no density, no
 * title) are left out; when nothing is left the reply is an error with status 404.
 */
export function objectsReply(objects: readonly string[], info: IipImage, context: ObjectContext): TextReply {
  const lines: string[] = [];
  const mediaTypes = new Set<string>();
  for (const object of objects) {
    const text = SERVER_OBJECTS[object] ?? answerOf(object)?.(info, context);
    if (text === undefined) continue;
    lines.push(text);
    mediaTypes.add(METADATA_KEYS.has(object) ? PLAIN_TEXT : (MEDIA_TYPES[object] ?? DEFAULT_MEDIA_TYPE));
  }
  const headers = versionHeader(objects, context.iipVersion);
  if (lines.length === 0 && Object.keys(headers).length === 0) {
    return iipErrorReply([{ code: '2 1', argument: context.requestText }], 404);
  }
  const [mediaType = DEFAULT_MEDIA_TYPE, ...others] = mediaTypes;
  return { status: 200, mediaType: others.length > 0 ? DEFAULT_MEDIA_TYPE : mediaType, body: bodyOf(lines), headers };
}

function answerOf(object: string): Answer | undefined {
  if (object.includes('colorspace')) return colorspace;
  if (METADATA_KEYS.has(object)) return (info, context) => textOf(info, context)[object] || undefined;
  return Object.hasOwn(ANSWERS, object) ? ANSWERS[object] : undefined;
}

/** `IIP,1.0` and the like: answered by a header. */
function isVersionObject(object: string): boolean {
  return object.startsWith('iip,');
}

function versionHeader(objects: readonly string[], iipVersion: string): Readonly<Record<string, string>> {
  return objects.some(isVersionObject) ? { IIP: iipVersion } : {};
}

function bodyOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}

function maxSize({ width, height }: IipImage, { turned }: ObjectContext): string {
  return turned ? `Max-size:${height} ${width}` : `Max-size:${width} ${height}`;
}

function resolutionNumber({ levels }: IipImage): string {
  return `Resolution-number:${levels.length}`;
}

/** Resolutions, whether calibrated, then color space and planes: 1 gray, 3 RGB, 4 CIELAB. */
function colorspace({ levels, color }: IipImage): string {
  const isLab = color === 'cielab' || color === 'icclab';
  const planes = color === 'grayscale' ? '1 1 0' : `${isLab ? 4 : 3} 3 0 1 2`;
  return `Colorspace,0-${levels.length - 1},0:${isLab ? 1 : 0} 0 ${planes}`;
}

/** Called DPI, but in pixels per meter, and in single precision. */
function pixelsPerMeter({ metadata: { density } }: IipImage): string | undefined {
  if (density === undefined || density.unit === 'none' || !(density.x > 0 && density.y > 0)) return undefined;
  const factor = density.unit === 'inch' ? 1 / 0.0254 : 100;
  return `DPI:${[density.x, density.y].map((value) => Math.fround(value * factor).toFixed(6)).join(' ')}`;
}

function textOf({ metadata }: IipImage, { rights }: ObjectContext): Readonly<Record<string, string>> {
  return rights && !metadata.text['rights'] ? { ...metadata.text, rights } : metadata.text;
}

function stackJson({ pages }: IipImage, { views }: ObjectContext): string | undefined {
  if (pages.length < 2 || views !== undefined) return undefined;
  const items = pages.map(
    ({ name, scale }, id) =>
      `\n\t{\n\t\t"id": ${id},\n\t\t"name": ${JSON.stringify(name)},\n\t\t"scale": ${scaleText(scale)}\n\t}`,
  );
  return `[ ${items.join(',')}\n]`;
}

function scaleText(scale: number): string {
  return Number.isFinite(scale) ? formatSignificant(scale, 9) : 'null';
}

function metadataJson(info: IipImage, context: ObjectContext): string {
  const entries = Object.entries(textOf(info, context))
    .filter(([key, value]) => value !== '' && key !== 'icc' && key !== 'xmp' && key !== 'exif')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return '{ }';
  return `{ ${entries.map(([key, value]) => `\n\t${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',')}\n}`;
}
