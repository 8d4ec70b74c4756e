import { ImageError } from '../errors.ts';
import { readUint64 } from './uint64.ts';

/** How the bytes of a {@link ByteCursor} are to be read. */
export interface ByteCursorOptions {
  readonly littleEndian: boolean;
  /** Where the bytes begin in their file; only for messages. Default 0. */
  readonly fileOffset?: number;
}

/**
 * Reads numbers one after another. Every read is checked: one that leaves the bytes ends in a `malformed` error which
 * names the interval that was wanted and the one that exists, both in file offsets.
 */
export class ByteCursor {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Index of the next byte to read, from the beginning of `bytes`. */
  position = 0;
  readonly #view: DataView;
  readonly #fileOffset: number;

  constructor(bytes: Uint8Array, options: ByteCursorOptions) {
    this.bytes = bytes;
    this.littleEndian = options.littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileOffset = options.fileOffset ?? 0;
  }

  /** Bytes left to read. */
  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Moves to an index from the beginning of `bytes`. */
  seek(position: number): void {
    this.position = position;
    this.#claim(0);
    this.position = position;
  }

  skip(byteLength: number): void {
    this.#claim(byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#claim(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#claim(2), this.littleEndian);
  }

  uint32(): number {
    return this.#view.getUint32(this.#claim(4), this.littleEndian);
  }

  /** @throws ImageError `malformed` above 2^53 - 1, too. */
  uint64(): number {
    return readUint64(this.#view, this.#claim(8), this.littleEndian);
  }

  float64(): number {
    return this.#view.getFloat64(this.#claim(8), this.littleEndian);
  }

  /** The next `byteLength` bytes, not copied. */
  take(byteLength: number): Uint8Array {
    const start = this.#claim(byteLength);
    return this.bytes.subarray(start, start + byteLength);
  }

  /** Checks that `byteLength` bytes are there, steps over them and returns where they begin. */
  #claim(byteLength: number): number {
    const start = this.position;
    const end = start + byteLength;
    if (!(start >= 0 && byteLength >= 0 && end <= this.bytes.length)) {
      const base = this.#fileOffset;
      throw new ImageError(
        'malformed',
        `Wanted bytes ${base + start} to ${base + end} but only ${base} to ${base + this.bytes.length} are available`,
      );
    }
    this.position = end;
    return start;
  }
}
