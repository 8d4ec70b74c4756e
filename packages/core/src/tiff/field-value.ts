import { textOf } from '../bytes/text.ts';
import { readInt64, readUint64 } from '../bytes/uint64.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import type { Directory, Field } from './directory.ts';
import type { FieldTypeName } from './field-types.ts';
import type { TiffHeader } from './header.ts';
import { definitionOf, type TagName } from './tags.ts';

/** Reads the first `valueCount` values of a field as stored bytes. */
export async function readFieldBytes(
  source: RangeSource,
  field: Field,
  valueCount: number,
  options?: ReadOptions,
): Promise<Uint8Array> {
  const byteLength = valueCount * field.type.byteLength;
  if (field.location.kind === 'inline') return field.location.bytes.subarray(0, byteLength);
  const { byteOffset } = field.location;
  if (byteOffset + byteLength > source.byteLength) {
    throw new ImageError(
      'malformed',
      `Tag ${field.tag} lies at ${byteOffset} to ${byteOffset + byteLength}, outside the file of ${source.byteLength} bytes`,
    );
  }
  return source.read(byteOffset, byteLength, options);
}

/** Decodes stored values as numbers. Rationals with a zero denominator are `NaN`. */
export function decodeNumbers(bytes: Uint8Array, type: FieldTypeName, littleEndian: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [byteLength, read] = NUMBER_READERS[type];
  const numbers: number[] = [];
  for (let at = 0; at + byteLength <= bytes.length; at += byteLength) numbers.push(read(view, at, littleEndian));
  return numbers;
}

type NumberReader = (view: DataView, at: number, littleEndian: boolean) => number;

const byte: NumberReader = (view, at) => view.getUint8(at);
const long: NumberReader = (view, at, le) => view.getUint32(at, le);

const NUMBER_READERS: Readonly<Record<FieldTypeName, readonly [number, NumberReader]>> = {
  BYTE: [1, byte],
  ASCII: [1, byte],
  UNDEFINED: [1, byte],
  SBYTE: [1, (view, at) => view.getInt8(at)],
  SHORT: [2, (view, at, le) => view.getUint16(at, le)],
  SSHORT: [2, (view, at, le) => view.getInt16(at, le)],
  LONG: [4, long],
  IFD: [4, long],
  SLONG: [4, (view, at, le) => view.getInt32(at, le)],
  LONG8: [8, readUint64],
  IFD8: [8, readUint64],
  SLONG8: [8, readInt64],
  RATIONAL: [8, (view, at, le) => ratio(view.getUint32(at, le), view.getUint32(at + 4, le))],
  SRATIONAL: [8, (view, at, le) => ratio(view.getInt32(at, le), view.getInt32(at + 4, le))],
  FLOAT: [4, (view, at, le) => view.getFloat32(at, le)],
  DOUBLE: [8, (view, at, le) => view.getFloat64(at, le)],
};

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? Number.NaN : numerator / denominator;
}

/** The loaded values of one directory; what is missing has the specification's default. Plain, synchronous look-ups. */
export class FieldValues {
  readonly #directory: Directory;
  readonly #bytes: ReadonlyMap<number, Uint8Array>;
  readonly #littleEndian: boolean;

  constructor(directory: Directory, bytes: ReadonlyMap<number, Uint8Array>, littleEndian: boolean) {
    this.#directory = directory;
    this.#bytes = bytes;
    this.#littleEndian = littleEndian;
  }

  /** True when the file itself has the field. */
  has(name: TagName): boolean {
    return this.#directory.fields.has(definitionOf(name).id);
  }

  /** Number of values that the file has, read or not. */
  countOf(name: TagName): number {
    return this.#directory.fields.get(definitionOf(name).id)?.count ?? 0;
  }

  /** The field itself, for values that are read entry by entry. */
  field(name: TagName): Field | undefined {
    return this.#directory.fields.get(definitionOf(name).id);
  }

  /** All values, the default, or `undefined` where there is neither. @throws ImageError `malformed` for text. */
  numbers(name: TagName): readonly number[] | undefined {
    const { id, default: fallback } = definitionOf(name);
    const field = this.#directory.fields.get(id);
    const bytes = this.#bytes.get(id);
    if (!field || !bytes || field.count === 0) return fallback;
    if (field.type.family === 'text') {
      throw new ImageError('malformed', `Tag ${name} (${id}) is ${field.type.name} but should be a number`);
    }
    return decodeNumbers(bytes, field.type.name, this.#littleEndian);
  }

  /** The first value, the default, or `undefined`. */
  number(name: TagName): number | undefined {
    return this.numbers(name)?.[0];
  }

  /** The first value or the default. @throws ImageError `malformed` where there is neither. */
  requireNumber(name: TagName): number {
    const value = this.number(name);
    if (value === undefined) {
      throw new ImageError('malformed', `The required tag ${name} (${definitionOf(name).id}) is missing`);
    }
    return value;
  }

  /** Text without its final NUL, or `undefined` when missing or empty. */
  text(name: TagName): string | undefined {
    const bytes = this.bytes(name);
    return bytes && (textOf(bytes) || undefined);
  }

  /** Stored bytes, or `undefined` when missing or empty. */
  bytes(name: TagName): Uint8Array | undefined {
    const bytes = this.#bytes.get(definitionOf(name).id);
    return bytes && bytes.length > 0 ? bytes : undefined;
  }
}

/** Reads the values of the named tags, which must not be of those with `load: 'entries'`, all at once: a cached source fetches each block once. */
export async function readFieldValues(
  source: RangeSource,
  header: TiffHeader,
  directory: Directory,
  options: ReadOptions & { readonly tags: readonly TagName[]; readonly limits: Limits },
): Promise<FieldValues> {
  const loaded = new Map<number, Uint8Array>();
  const load = async (name: TagName) => {
    const { id, count } = definitionOf(name);
    const field = directory.fields.get(id);
    if (!field) return;
    const valueCount = count === 'any' ? field.count : Math.min(count, field.count);
    assertWithin(valueCount * field.type.byteLength, options.limits.maxTagBytes, `Bytes of tag ${name} (${id})`);
    loaded.set(id, await readFieldBytes(source, field, valueCount, options));
  };
  await Promise.all(options.tags.map(load));
  return new FieldValues(directory, loaded, header.littleEndian);
}
