import { ImageError } from '../errors.ts';

/** Where a {@link TiffWriter} puts its bytes: a growing buffer, or a file. */
export interface ByteSink {
  /** Writes at the end. */
  append(bytes: Uint8Array): void;
  /** Overwrites bytes that have been appended. */
  patch(byteOffset: number, bytes: Uint8Array): void;
}

/** Value of a field to write. The TIFF field type follows from `type`; counts follow from the values. */
export type FieldToWrite =
  | {
      readonly tag: number;
      readonly type: 'short' | 'long' | 'offset' | 'double' | 'float';
      readonly values: readonly number[];
    }
  | { readonly tag: number; readonly type: 'rational'; readonly values: readonly number[] }
  | { readonly tag: number; readonly type: 'ascii'; readonly text: string }
  | { readonly tag: number; readonly type: 'byte' | 'undefined'; readonly bytes: Uint8Array };

/** Where a segment has been written. */
export interface WrittenSegment {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Writes a TIFF file from front to back: segments as they come, directories together at the end. */
export interface TiffWriter {
  /** Writes one strip or tile, or nothing for a sparse one (offset and length 0). */
  writeSegment(bytes: Uint8Array | undefined): WrittenSegment;
  /** Adds a page; its fields need not be sorted. Offsets and byte counts of its segments are among them. */
  addDirectory(fields: readonly FieldToWrite[]): void;
  /** Writes the directories, linked in the order added, and the header. Nothing can be written afterwards. */
  finish(): void;
}

/**
 * Sizes in which classic TIFF (TIFF 6.0, section 2) and BigTIFF differ. Types are field type numbers of the
 * specifications: LONG 4 or LONG8 16 for offsets.
 */
const CLASSIC = { version: 42, header: 8, count: 2, entry: 12, pointer: 4, offsetType: 4 } as const;
const BIG = { version: 43, header: 16, count: 8, entry: 20, pointer: 8, offsetType: 16 } as const;

type Format = typeof CLASSIC | typeof BIG;

const TYPE_NUMBERS = {
  byte: 1,
  ascii: 2,
  short: 3,
  long: 4,
  rational: 5,
  undefined: 7,
  float: 11,
  double: 12,
} as const;

/** Little-endian classic TIFF, or BigTIFF when `big`: files over 4 GiB need it. */
export function createTiffWriter(sink: ByteSink, options: { readonly big: boolean }): TiffWriter {
  const format = options.big ? BIG : CLASSIC;
  const directories: (readonly FieldToWrite[])[] = [];
  let position = 0;
  const append = (bytes: Uint8Array): void => {
    position += bytes.length;
    if (!options.big && position > 0xffff_ffff) {
      throw new ImageError('limit', 'The file would exceed 4 GiB: write a BigTIFF');
    }
    sink.append(bytes);
  };
  append(encodeHeader(format, 0));

  return {
    writeSegment(bytes) {
      if (!bytes) return { byteOffset: 0, byteLength: 0 };
      const byteOffset = position;
      // Word boundaries, as TIFF 6.0 asks of values and as readers of strips like.
      append(bytes.length % 2 === 0 ? bytes : padToEven(bytes));
      return { byteOffset, byteLength: bytes.length };
    },
    addDirectory(fields) {
      directories.push([...fields].sort((a, b) => a.tag - b.tag));
    },
    finish() {
      // All directories first and their values behind them, so that one read of the block gives the whole structure.
      const sizes = directories.map((fields) => format.count + fields.length * format.entry + format.pointer);
      const starts = sizes.map((_, index) => position + sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
      let valuePosition = position + sizes.reduce((sum, size) => sum + size, 0);
      const blocks: Uint8Array[] = [];
      const values: Uint8Array[] = [];
      directories.forEach((fields, index) => {
        const encoded = encodeDirectory(fields, { format, valuePosition, next: starts[index + 1] ?? 0 });
        blocks.push(encoded.directory);
        values.push(...encoded.values);
        valuePosition += encoded.values.reduce((sum, value) => sum + value.length, 0);
      });
      const first = starts[0] ?? 0;
      for (const bytes of [...blocks, ...values]) append(bytes);
      sink.patch(0, encodeHeader(format, first));
    },
  };
}

/** A sink that keeps everything in memory; `bytes()` gives the file. */
export function memorySink(): ByteSink & { bytes(): Uint8Array } {
  let buffer = new Uint8Array(65536);
  let length = 0;
  return {
    append(bytes) {
      if (length + bytes.length > buffer.length) {
        const grown = new Uint8Array(Math.max(buffer.length * 2, length + bytes.length));
        grown.set(buffer.subarray(0, length));
        buffer = grown;
      }
      buffer.set(bytes, length);
      length += bytes.length;
    },
    patch(byteOffset, bytes) {
      buffer.set(bytes, byteOffset);
    },
    bytes: () => buffer.slice(0, length),
  };
}

function encodeHeader(format: Format, firstDirectory: number): Uint8Array {
  const bytes = new Uint8Array(format.header);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49]);
  view.setUint16(2, format.version, true);
  if (format === BIG) {
    view.setUint16(4, 8, true); // bytes of an offset
    view.setBigUint64(8, BigInt(firstDirectory), true);
  } else {
    view.setUint32(4, firstDirectory, true);
  }
  return bytes;
}

function encodeDirectory(
  fields: readonly FieldToWrite[],
  options: { readonly format: Format; readonly valuePosition: number; readonly next: number },
): { directory: Uint8Array; values: Uint8Array[] } {
  const { format } = options;
  const directory = new Uint8Array(format.count + fields.length * format.entry + format.pointer);
  const view = new DataView(directory.buffer);
  const setPointer = (at: number, value: number): void =>
    format === BIG ? view.setBigUint64(at, BigInt(value), true) : view.setUint32(at, value, true);
  if (format === BIG) view.setBigUint64(0, BigInt(fields.length), true);
  else view.setUint16(0, fields.length, true);

  const values: Uint8Array[] = [];
  let valuePosition = options.valuePosition;
  fields.forEach((field, index) => {
    const at = format.count + index * format.entry;
    const { type, count, bytes } = encodeField(field, format);
    view.setUint16(at, field.tag, true);
    view.setUint16(at + 2, type, true);
    setPointer(at + 4, count);
    const valueAt = at + 4 + format.pointer;
    if (bytes.length <= format.pointer) {
      directory.set(bytes, valueAt);
    } else {
      setPointer(valueAt, valuePosition);
      const padded = padToEven(bytes);
      values.push(padded);
      valuePosition += padded.length;
    }
  });
  setPointer(format.count + fields.length * format.entry, options.next);
  return { directory, values };
}

function encodeField(field: FieldToWrite, format: Format): { type: number; count: number; bytes: Uint8Array } {
  switch (field.type) {
    case 'ascii': {
      const bytes = new TextEncoder().encode(`${field.text}\0`);
      return { type: TYPE_NUMBERS.ascii, count: bytes.length, bytes };
    }
    case 'byte':
    case 'undefined':
      return { type: TYPE_NUMBERS[field.type], count: field.bytes.length, bytes: field.bytes };
    case 'offset':
      return format === BIG
        ? {
            type: BIG.offsetType,
            count: field.values.length,
            bytes: bytesOf(BigUint64Array.from(field.values, BigInt)),
          }
        : { type: CLASSIC.offsetType, count: field.values.length, bytes: bytesOf(Uint32Array.from(field.values)) };
    case 'short':
      return { type: TYPE_NUMBERS.short, count: field.values.length, bytes: bytesOf(Uint16Array.from(field.values)) };
    case 'long':
      return { type: TYPE_NUMBERS.long, count: field.values.length, bytes: bytesOf(Uint32Array.from(field.values)) };
    case 'float':
      return { type: TYPE_NUMBERS.float, count: field.values.length, bytes: bytesOf(Float32Array.from(field.values)) };
    case 'double':
      return { type: TYPE_NUMBERS.double, count: field.values.length, bytes: bytesOf(Float64Array.from(field.values)) };
    case 'rational': {
      const pairs = field.values.flatMap(toRational);
      return { type: TYPE_NUMBERS.rational, count: field.values.length, bytes: bytesOf(Uint32Array.from(pairs)) };
    }
  }
}

/** Numerator and denominator of a positive number, exact to the seven digits that densities have. */
function toRational(value: number): [number, number] {
  if (Number.isInteger(value)) return [value, 1];
  const denominator = value < 4000 ? 1_000_000 : 1000;
  return [Math.round(value * denominator), denominator];
}

/** The bytes of a typed array, little-endian. All runtimes that we know are little-endian hosts. */
function bytesOf(values: Uint16Array | Uint32Array | BigUint64Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer);
}

function padToEven(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  return padded;
}
