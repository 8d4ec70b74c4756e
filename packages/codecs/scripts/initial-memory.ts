const PAGE_BYTES = 65536;
/** Room above stack and data before the first growth. */
const HEADROOM_PAGES = 16;

const SECTION_MEMORY = 5;
const SECTION_GLOBAL = 6;
const SECTION_DATA = 11;
const TYPE_I32 = 0x7f;
const OP_I32_CONST = 0x41;

/**
 * Lowers the memory that a WASM module reserves when it is instantiated to what its stack and data need and one MiB
 * more (WebAssembly core specification 5.5, binary sections). Memory still grows on demand.
 *
 * Published builds reserve 16 to 50 MiB for each instance, which is most of what a Worker has.
 */
export function shrinkInitialMemory(wasm: Uint8Array): Uint8Array {
  const bytes = wasm.slice();
  const cursor = new LebCursor(bytes);
  cursor.position = 8;
  let top = 0;
  let minimum: { start: number; end: number; pages: number } | undefined;
  while (cursor.position < bytes.length) {
    const section = bytes[cursor.position++];
    const length = cursor.unsigned();
    const end = cursor.position + length;
    if (section === SECTION_MEMORY) minimum = readMemoryMinimum(cursor);
    if (section === SECTION_GLOBAL) top = Math.max(top, highestGlobal(cursor));
    if (section === SECTION_DATA) top = Math.max(top, endOfData(cursor));
    cursor.position = end;
  }
  if (minimum === undefined) throw new Error('The module imports its memory');
  const pages = Math.ceil(top / PAGE_BYTES) + HEADROOM_PAGES;
  if (pages < minimum.pages) writePadded(bytes, pages, minimum.start, minimum.end);
  if (!WebAssembly.validate(bytes)) throw new Error('The module with less memory does not validate');
  return bytes;
}

function readMemoryMinimum(cursor: LebCursor): { start: number; end: number; pages: number } {
  cursor.unsigned(); // number of memories
  cursor.unsigned(); // limits flag
  const start = cursor.position;
  const pages = cursor.unsigned();
  return { start, end: cursor.position, pages };
}

/** The stack pointer and the heap base are globals initialized to an address: the highest is where the heap begins. */
function highestGlobal(cursor: LebCursor): number {
  const count = cursor.unsigned();
  let highest = 0;
  for (let i = 0; i < count; i++) {
    const type = cursor.byte();
    cursor.byte(); // mutability
    if (type !== TYPE_I32 || cursor.byte() !== OP_I32_CONST) return highest;
    highest = Math.max(highest, cursor.signed());
    cursor.byte(); // end of the expression
  }
  return highest;
}

function endOfData(cursor: LebCursor): number {
  const count = cursor.unsigned();
  let end = 0;
  for (let i = 0; i < count; i++) {
    const isActive = cursor.unsigned() === 0;
    let offset = 0;
    if (isActive) {
      if (cursor.byte() !== OP_I32_CONST) throw new Error('A data segment is placed by an expression');
      offset = cursor.signed();
      cursor.byte(); // end of the expression
    }
    const length = cursor.unsigned();
    if (isActive) end = Math.max(end, offset + length);
    cursor.position += length;
  }
  return end;
}

/** Writes an unsigned LEB128 number that fills the bytes from start to end exactly, so that nothing moves. */
function writePadded(bytes: Uint8Array, value: number, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    bytes[at] = (value & 0x7f) | (at < end - 1 ? 0x80 : 0);
    value >>>= 7;
  }
}

class LebCursor {
  position = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.position++];
    if (value === undefined) throw new Error('The module ends early');
    return value;
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift + 7 < 32 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
  }
}
