import type { OutputFormat } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { parseDeepZoom } from '../deepzoom/parse.ts';
import { parseIiif } from '../iiif/parse.ts';
import { queryDecode, quoted } from '../percent.ts';
import type { ParsedRequest, ParseOptions, ProtocolInput, View } from '../protocol.ts';
import { parseZoomify } from '../zoomify/parse.ts';
import { MODIFIERS, setView } from './commands.ts';
import { createDraft, exportRequest, type IipDraft, tileRequest, withDraft } from './draft.ts';
import { iipErrorReply } from './errors.ts';
import { leadingInteger, splitList } from './numbers.ts';
import { isObject, needsImage, serverObjectsReply } from './objects.ts';
import { splitCommands } from './split-commands.ts';

/**
 * IIP: commands and values as in a query, read from left to right; the first that delivers something ends the request.
 * The text is the query, or `FIF=` and the path where the path names the image (`/iip/a.tif&CVT=jpeg`), or the body.
 * `IIIF`, `DeepZoom` and `Zoomify` are commands too, and take part in what was said before them.
 *
 * IIP's own errors come back as a `reply`, as viewers expect them.
 *
 * @throws ImageError `request` for values that can not be carried out.
 */
export function parseIip(input: ProtocolInput, options: ParseOptions): ParsedRequest {
  const text = requestText(input);
  if (text === '') return { kind: 'no-match' };
  const draft = createDraft();
  for (const { name, value } of splitCommands(text)) {
    const command = name.toUpperCase();
    const modify = lookUp(MODIFIERS, command);
    const deliver = lookUp(OUTPUTS, command);
    if (modify !== undefined) modify(draft, queryDecode(value));
    else if (deliver !== undefined) {
      const parsed = deliver({ draft, name, value, input, options });
      if (parsed !== undefined) return parsed;
    } else if (command === 'OBJ') addObject(draft, queryDecode(value).toLowerCase());
    else draft.errors.push({ code: '2 2', argument: name });
  }
  return answerDraft(draft, text, options);
}

interface Delivery {
  readonly draft: IipDraft;
  readonly name: string;
  /** As it came: not decoded. */
  readonly value: string;
  readonly input: ProtocolInput;
  readonly options: ParseOptions;
}

/** Commands that deliver something, by upper-case name; `undefined` when the command is to be passed over. */
export const OUTPUTS: Readonly<Record<string, (delivery: Delivery) => ParsedRequest | undefined>> = {
  CVT: deliverExport,
  JTL: (delivery) => deliverTile(delivery, delivery.options.defaultFormat),
  PTL: (delivery) => deliverTile(delivery, 'png'),
  WTL: (delivery) => deliverTile(delivery, 'webp'),
  ATL: (delivery) => deliverTile(delivery, 'avif'),
  TTL: (delivery) => deliverTile(delivery, 'tif'),
  JTLS: deliverViewTile,
  TIL: deliverTileStream,
  PFL: deliverProfile,
  SPECTRA: deliverSpectra,
  IIIF: deliverIiif,
  DEEPZOOM: ({ draft, value, input, options }) => deliverOther(parseDeepZoom(inputOf(value, input), options), draft),
  ZOOMIFY: ({ draft, value, input, options }) => deliverOther(parseZoomify(inputOf(value, input), options), draft),
};

function requestText({ path, query, body = '' }: ProtocolInput): string {
  if (path !== '') return query === '' ? `FIF=${path}` : `FIF=${path}&${query}`;
  return query === '' ? body.trim() : query;
}

function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function addObject(draft: IipDraft, object: string): void {
  if (!isObject(object)) draft.errors.push({ code: '3 2', argument: object });
  else if (needsImage(object) && draft.image === undefined) draft.errors.push({ code: '1 3', argument: object });
  else draft.objects.push(object);
  if (object === 'max-size' || object === 'basic-info') draft.turned = draft.rotation.degrees % 180 === 90;
}

function answerDraft(draft: IipDraft, text: string, options: ParseOptions): ParsedRequest {
  const [first, ...others] = draft.errors;
  if (first !== undefined) return { kind: 'reply', protocol: 'iip', reply: iipErrorReply([first, ...others]) };
  const { objects, turned } = draft;
  if (objects.length === 0) {
    return { kind: 'reply', protocol: 'iip', reply: iipErrorReply([{ code: '2 1', argument: text }]) };
  }
  // An image that is named has to be there, though nothing is asked about it.
  if (draft.image === undefined && !objects.some(needsImage)) {
    return { kind: 'reply', protocol: 'iip', reply: serverObjectsReply(objects, options.iipVersion) };
  }
  const descriptor = { kind: 'iip-objects', objects, turned, requestText: text } as const;
  return { kind: 'describe', protocol: 'iip', ...addressOf(draft), descriptor };
}

interface Address {
  readonly image: string;
  readonly view?: View;
}

/** Image and view, or `undefined` with the error noted when no image was named. */
function requireImage(draft: IipDraft): Address | undefined {
  if (draft.image !== undefined) return addressOf(draft);
  draft.errors.push({ code: '1 3', argument: '' });
  return undefined;
}

function addressOf({ image = '', view }: IipDraft): Address {
  return view === undefined ? { image } : { image, view };
}

const EXPORT_FORMATS: ReadonlyMap<string, OutputFormat> = new Map([
  ['jpeg', 'jpg'],
  ['jpg', 'jpg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['avif', 'avif'],
  ['tiff', 'tif'],
  ['tif', 'tif'],
]);

function deliverExport({ draft, value, input, options }: Delivery): ParsedRequest | undefined {
  const address = requireImage(draft);
  if (address === undefined) return undefined;
  const wanted = EXPORT_FORMATS.get(queryDecode(value).toLowerCase()) ?? 'jpg';
  const format = options.outputFormats.includes(wanted) ? wanted : 'jpg';
  return {
    kind: 'render',
    protocol: 'iip',
    ...address,
    request: exportRequest(draft, format, options.allowUpscaling),
    disposition: input.method === 'POST' ? 'attachment' : 'inline',
  };
}

function deliverTile({ draft, name, value, options }: Delivery, format: OutputFormat): ParsedRequest | undefined {
  if (!options.outputFormats.includes(format)) {
    draft.errors.push({ code: '2 2', argument: name });
    return undefined;
  }
  const address = requireImage(draft);
  if (address === undefined) return undefined;
  const [resolution = 0, tile = resolution] = naturals(queryDecode(value));
  return { kind: 'render', protocol: 'iip', ...address, request: tileRequest(draft, { resolution, tile, format }) };
}

/** `JTLS=x,r,t,y`: a tile and its view in one command. */
function deliverViewTile(delivery: Delivery): ParsedRequest | undefined {
  const [horizontal, resolution, tile, vertical] = naturals(queryDecode(delivery.value));
  if (horizontal === undefined || resolution === undefined || tile === undefined || vertical === undefined) {
    return undefined;
  }
  setView(delivery.draft, horizontal, vertical);
  return deliverTile({ ...delivery, value: `${resolution},${tile}` }, delivery.options.defaultFormat);
}

/** `TIL=r,start[-end]`. */
function deliverTileStream({ draft, value }: Delivery): ParsedRequest | undefined {
  const address = requireImage(draft);
  if (address === undefined) return undefined;
  const match = /^(\d{1,9}),(\d{1,15})(?:-(\d{1,15}))?$/.exec(queryDecode(value));
  if (match === null) throw new ImageError('request', `${quoted(value)} is not what TIL takes: r,start-end`);
  const firstTile = Number(match[2]);
  return {
    kind: 'tile-stream',
    ...address,
    page: draft.view?.horizontal ?? 0,
    iipResolution: Number(match[1]),
    firstTile,
    lastTile: Math.max(firstTile, Number(match[3] ?? firstTile)),
  };
}

/** `PFL=r:x1,y1[-x2,y2]`, the end being exclusive: along the row when x2 > x1, else along the column, else one pixel. */
function deliverProfile({ draft, value }: Delivery): ParsedRequest | undefined {
  const address = requireImage(draft);
  if (address === undefined) return undefined;
  const match = /^(\d{1,9}):(\d{1,15}),(\d{1,15})(?:-(\d{1,15}),(\d{1,15}))?$/.exec(queryDecode(value));
  if (match === null) throw new ImageError('request', `${quoted(value)} is not what PFL takes: r:x1,y1-x2,y2`);
  const [x, y] = [Number(match[2]), Number(match[3])];
  const [endX, endY] = [Number(match[4] ?? x), Number(match[5] ?? y)];
  const line = endX > x ? { x, y, width: endX - x, height: 1 } : { x, y, width: 1, height: Math.max(1, endY - y) };
  return { kind: 'profile', ...address, iipResolution: Number(match[1]), line };
}

/** `SPECTRA=r,t,x,y`. */
function deliverSpectra({ draft, value }: Delivery): ParsedRequest | undefined {
  const address = requireImage(draft);
  if (address === undefined) return undefined;
  const [iipResolution, tile, x, y] = naturals(queryDecode(value));
  if (iipResolution === undefined || tile === undefined || x === undefined || y === undefined) {
    throw new ImageError('request', `${quoted(value)} is not what SPECTRA takes: r,t,x,y`);
  }
  return { kind: 'spectra', ...address, iipResolution, tile, x, y };
}

function deliverIiif({ draft, value, input, options }: Delivery): ParsedRequest | undefined {
  const parsed = parseIiif(inputOf(value, input), options);
  if (parsed.kind !== 'redirect') return deliverOther(parsed, draft);
  return { kind: 'redirect', location: `?IIIF=${parsed.location}` };
}

/** The path inside a query value: `+` is a space, a second query is a cache buster, and forms escape slashes. */
function inputOf(value: string, input: ProtocolInput): ProtocolInput {
  const path = value.replace(/\?.*$/s, '').replaceAll('+', '%20');
  return {
    path: path.includes('/') ? path : path.replace(/%2f/gi, '/'),
    query: '',
    method: input.method,
    header: (name) => input.header(name),
  };
}

function deliverOther(parsed: ParsedRequest, draft: IipDraft): ParsedRequest | undefined {
  if (parsed.kind !== 'render' && parsed.kind !== 'describe') return undefined;
  const view = draft.view === undefined ? {} : { view: draft.view };
  if (parsed.kind === 'describe') return { ...parsed, ...view };
  return { ...parsed, ...view, request: withDraft(parsed.request, draft) };
}

function naturals(text: string): readonly number[] {
  return splitList(text, ',').map((part) => {
    const number = leadingInteger(part);
    if (number < 0) throw new ImageError('request', `${quoted(text)} holds a negative number`);
    return number;
  });
}
