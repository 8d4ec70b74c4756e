import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import { type Box, isCodestream, isJp2, readBoxes } from './boxes.ts';
import type { ByteReads } from './byte-reads.ts';
import { type Codestream, openCodestream } from './codestream.ts';
import { EMPTY_HEADER, type Jp2Header, parseJp2Header } from './jp2-header.ts';
import { type PictureColor, pictureColor } from './picture-color.ts';

/** An opened JP2, JPX or JPH file, or a raw codestream. */
export interface Jp2File {
  readonly container: 'jp2' | 'codestream';
  readonly codestream: Codestream;
  readonly header: Jp2Header;
  readonly color: PictureColor;
  /** Contents of uuid boxes by their hexadecimal id. */
  readonly uuids: ReadonlyMap<string, Uint8Array>;
  /** Contents of xml boxes. */
  readonly xml: readonly Uint8Array[];
}

/** Ids of uuid boxes that programs have agreed on. */
export const UUID = {
  xmp: 'be7acfcb97a942e89c71999491e3afac',
  /** `JpgTiffExif->JP2`: a TIFF-structured Exif block. */
  exif: '4a706754696666457869662d3e4a5032',
  /** GeoJP2: a TIFF file of one pixel with GeoTIFF fields. */
  geotiff: 'b14bf8bd083d4b43a5ae8cd7d5a6ce03',
} as const;

/** Opens a file: boxes, the JP2 header, and the main header of the first codestream. */
export function* openJp2(byteLength: number, limits: Limits): ByteReads<Jp2File> {
  const [head] = yield [{ byteOffset: 0, byteLength: Math.min(12, byteLength) }];
  if (isCodestream(head!)) {
    const codestream = yield* openCodestream(0, byteLength, limits);
    const color = pictureColor(codestream.main.size, EMPTY_HEADER);
    return { container: 'codestream', codestream, header: EMPTY_HEADER, color, uuids: new Map(), xml: [] };
  }
  if (!isJp2(head!)) throw new ImageError('malformed', 'Neither a JP2 file nor a JPEG 2000 codestream');
  const boxes = yield* readBoxes(byteLength, limits);
  const data = boxes.find(({ type }) => type === 'jp2c');
  const headerBox = boxes.find(({ type }) => type === 'jp2h');
  if (!data) throw new ImageError('malformed', 'The file holds no codestream');
  const header = headerBox ? parseJp2Header(yield* loadBox(headerBox, limits), limits) : EMPTY_HEADER;
  const codestream = yield* openCodestream(data.offset, data.offset + data.byteLength, limits);
  const color = pictureColor(codestream.main.size, header);
  return { container: 'jp2', codestream, header, color, ...(yield* loadMetadata(boxes, limits)) };
}

function* loadBox({ offset, byteLength }: Box, limits: Limits): ByteReads<Uint8Array> {
  assertWithin(byteLength, limits.maxTagBytes, 'A box in bytes');
  const [bytes] = yield [{ byteOffset: offset, byteLength }];
  return bytes!;
}

/** Metadata boxes that are too large are left out: the picture does not need them. */
function* loadMetadata(boxes: readonly Box[], limits: Limits): ByteReads<Pick<Jp2File, 'uuids' | 'xml'>> {
  const uuids = new Map<string, Uint8Array>();
  const xml: Uint8Array[] = [];
  let total = 0;
  for (const box of boxes) {
    const wanted = box.type === 'xml ' || (box.type === 'uuid' && box.byteLength > 16);
    if (!wanted || total + box.byteLength > limits.maxTagBytes) continue;
    total += box.byteLength;
    const bytes = (yield* loadBox(box, limits)).slice();
    if (box.type === 'xml ') xml.push(bytes);
    else uuids.set(hexOf(bytes.subarray(0, 16)), bytes.subarray(16));
  }
  return { uuids, xml };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
