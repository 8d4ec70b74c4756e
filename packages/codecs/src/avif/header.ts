import { ImageError } from '@sectile/core/errors';

/** What the properties of an AVIF file tell. */
export interface AvifHeader {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: 8 | 10 | 12;
  readonly hasAlpha: boolean;
}

/** Boxes that only hold boxes, with the bytes before the first of them (ISO/IEC 14496-12; 23008-12 for `iprp`). */
const CONTAINERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };
const MAX_BOXES = 1000;

/**
 * Looks through the item properties: the largest spatial extent (`ispe`), the AV1 configuration (`av1C`) and whether
 * an auxiliary item is alpha (`auxC`).
 *
 * @throws ImageError `malformed` when there is no `ftyp` box in front or no size.
 */
export function parseAvifHeader(bytes: Uint8Array): AvifHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let width = 0;
  let height = 0;
  let bitDepth: AvifHeader['bitDepth'] = 8;
  let hasAlpha = false;
  for (const { type, start, end } of boxes(bytes, view)) {
    if (type === 'ispe' && end - start >= 12) {
      const [boxWidth, boxHeight] = [view.getUint32(start + 4), view.getUint32(start + 8)];
      if (boxWidth * boxHeight > width * height) [width, height] = [boxWidth, boxHeight];
    } else if (type === 'av1C' && end - start >= 3) {
      const flags = view.getUint8(start + 2);
      if (flags & 0x40) bitDepth = flags & 0x20 ? 12 : 10;
    } else if (type === 'auxC') {
      hasAlpha ||= /alpha/.test(String.fromCharCode(...bytes.subarray(start + 4, Math.min(end, start + 100))));
    }
  }
  if (width === 0 || height === 0) throw new ImageError('malformed', 'The AVIF file has no size');
  return { width, height, bitDepth, hasAlpha };
}

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** All boxes, depth first, with where their contents start and end. */
function* boxes(bytes: Uint8Array, view: DataView): Generator<Box> {
  if (tagAt(bytes, 4) !== 'ftyp') throw new ImageError('malformed', 'The AVIF file does not begin with its type');
  const pending = [{ at: 0, end: bytes.length }];
  let boxCount = 0;
  for (let range = pending.pop(); range; range = pending.pop()) {
    let { at } = range;
    while (at + 8 <= range.end) {
      if (++boxCount > MAX_BOXES) throw new ImageError('limit', 'The AVIF file has too many boxes');
      const length = view.getUint32(at);
      const type = tagAt(bytes, at + 4);
      // A length of 0 means to the end; 1 means a 64-bit length, which only media data has.
      const end = length < 8 ? range.end : Math.min(range.end, at + length);
      yield { type, start: at + 8, end };
      const skipped = CONTAINERS[type];
      if (skipped !== undefined) pending.push({ at: at + 8 + skipped, end });
      at = end;
    }
  }
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
