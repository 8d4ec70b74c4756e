import type { OutputMetadata } from '@sectile/core/codec';
import type { Zlib } from '../deflate/zlib.ts';
import type { PngChunkData } from './chunk-writer.ts';

/** Our text keys and the keywords of PNG 11.3.3.1. */
const KEYWORDS: Readonly<Record<string, string>> = {
  title: 'Title',
  creator: 'Author',
  rights: 'Copyright',
  description: 'Description',
  date: 'Creation Time',
};

const INCHES_PER_METER = 1 / 0.0254;
const CENTIMETERS_PER_METER = 100;

/** The chunks that carry metadata, in an order that may stand before the pixels. */
export function metadataChunks(metadata: OutputMetadata | undefined, zlib: Zlib): PngChunkData[] {
  const chunks: PngChunkData[] = [];
  const { icc, density, exif, xmp, text } = metadata ?? {};
  if (icc) chunks.push({ type: 'iCCP', data: concat(latin1('ICC Profile\0\0'), zlib.deflate(icc, 6, 'default')) });
  if (density) chunks.push(physicalSize(density));
  if (exif) chunks.push({ type: 'eXIf', data: exif });
  chunks.push({ type: 'tEXt', data: latin1('Software\0Sectile') });
  for (const [key, value] of Object.entries(text ?? {})) {
    const keyword = KEYWORDS[key];
    if (keyword !== undefined && value !== '') chunks.push(internationalText(keyword, new TextEncoder().encode(value)));
  }
  if (xmp) chunks.push(internationalText('XML:com.adobe.xmp', xmp));
  return chunks;
}

/** pHYs (PNG 11.3.4.3): pixels per meter, whole numbers. */
function physicalSize({ x, y, unit }: NonNullable<OutputMetadata['density']>): PngChunkData {
  const perMeter = unit === 'inch' ? INCHES_PER_METER : CENTIMETERS_PER_METER;
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  view.setUint32(0, Math.round(x * perMeter));
  view.setUint32(4, Math.round(y * perMeter));
  data[8] = 1;
  return { type: 'pHYs', data };
}

/** iTXt (PNG 11.3.3.4): keyword, not compressed, no language, no translated keyword, UTF-8 text. */
function internationalText(keyword: string, utf8: Uint8Array): PngChunkData {
  return { type: 'iTXt', data: concat(latin1(`${keyword}\0\0\0\0\0`), utf8) };
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
