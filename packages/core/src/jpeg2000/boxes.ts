import { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ByteReads } from './byte-reads.ts';

/** A box by its place in the file (T.800 I.4). */
export interface Box {
  readonly type: string;
  /** File offset of the contents. */
  readonly offset: number;
  readonly byteLength: number;
}

/** A box with its contents. */
export interface LoadedBox {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** First 12 bytes of every JP2, JPX and JPH file: the signature box. */
const SIGNATURE = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a];

/** True for the beginning of a JP2 file or of a raw codestream. */
export function isJpeg2000(head: Uint8Array): boolean {
  return isJp2(head) || isCodestream(head);
}

export function isJp2(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => head[index] === byte);
}

export function isCodestream(head: Uint8Array): boolean {
  return head[0] === 0xff && head[1] === 0x4f && head[2] === 0xff && head[3] === 0x51;
}

/**
 * Lists the boxes of a file without their contents. Damage after the codestream ends the list quietly: there is a picture.
 *
 * @throws ImageError `malformed` | `limit`.
 */
export function* readBoxes(byteLength: number, limits: Limits): ByteReads<Box[]> {
  const boxes: Box[] = [];
  let offset = 0;
  while (offset + 8 <= byteLength) {
    assertWithin(boxes.length + 1, limits.maxBoxes, 'The number of boxes');
    const [head] = yield [{ byteOffset: offset, byteLength: Math.min(16, byteLength - offset) }];
    const cursor = new ByteCursor(head!, { littleEndian: false, fileOffset: offset });
    const size = boxSize(cursor);
    const end = size === undefined ? byteLength : offset + size.byteLength;
    const contents = offset + cursor.position;
    const type = asciiOf(head!.subarray(4, 8));
    if (end < contents) {
      if (boxes.some((box) => box.type === 'jp2c')) break;
      throw new ImageError('malformed', 'A box shorter than its header');
    }
    // The codestream of a file that is still being copied, or was cut off, is read as far as it goes.
    boxes.push({ type, offset: contents, byteLength: Math.min(end, byteLength) - contents });
    offset = end;
  }
  return boxes;
}

/** LBox, TBox and XLBox; `undefined` for a box that goes on to the end. */
function boxSize(cursor: ByteCursor): { byteLength: number } | undefined {
  const short = cursor.uint32();
  cursor.skip(4);
  if (short === 0) return undefined;
  return { byteLength: short === 1 ? cursor.uint64() : short };
}

/** The boxes inside a superbox. @throws ImageError `malformed` | `limit`. */
export function parseBoxes(bytes: Uint8Array, limits: Limits): LoadedBox[] {
  const boxes: LoadedBox[] = [];
  const cursor = new ByteCursor(bytes, { littleEndian: false });
  while (cursor.remaining >= 8) {
    assertWithin(boxes.length + 1, limits.maxBoxes, 'The number of boxes');
    const start = cursor.position;
    const size = boxSize(cursor);
    const type = asciiOf(bytes.subarray(start + 4, start + 8));
    const end = size === undefined ? bytes.length : start + size.byteLength;
    boxes.push({ type, bytes: cursor.take(end - cursor.position) });
  }
  return boxes;
}
