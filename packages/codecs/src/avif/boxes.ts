/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): `payload` follows its length and type. */
export interface Box {
  readonly type: string;
  readonly payload: Uint8Array;
}

/** The boxes that follow each other in `bytes`; ends at the first that does not fit. */
export function parseBoxes(bytes: Uint8Array): Box[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (length < 8 || at + length > bytes.length) break;
    boxes.push({
      type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
      payload: bytes.subarray(at + 8, at + length),
    });
    at += length;
  }
  return boxes;
}

/** Boxes one after another. */
export function writeBoxes(boxes: readonly Box[]): Uint8Array {
  return concat(boxes.flatMap(({ type, payload }) => [uint32(8 + payload.length), ascii(type), payload]));
}

/** Arrays one after another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Most significant byte first. */
export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Most significant byte first. */
export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** One byte a character. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
