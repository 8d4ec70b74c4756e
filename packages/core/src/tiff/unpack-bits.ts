import type { SampleLayout } from '../codec/encoded-segment.ts';
import { allocateSamples, type SampleArray } from '../pixels/dtype.ts';

/**
 * Unpacks samples that do not fill whole bytes: 1 to 31 bits each, most significant bit first whatever the file's
 * byte order, each row from a new byte on (TIFF 6.0 section 8). Missing bytes read as zeros.
 *
 * Unsigned samples below 8 bits are scaled to 0..255; all others, and palette indices, keep their values.
 */
export function unpackBits(bytes: Uint8Array, layout: SampleLayout, rowSamples: number, rows: number): SampleArray {
  const { bitsPerSample, sampleFormat, convert } = layout;
  const dtype =
    sampleFormat === 'int' ? (bitsPerSample <= 8 ? 'int8' : bitsPerSample <= 16 ? 'int16' : 'int32') : undefined;
  const unsigned = bitsPerSample <= 8 ? 'uint8' : bitsPerSample <= 16 ? 'uint16' : 'uint32';
  const samples = allocateSamples(dtype ?? unsigned, rowSamples * rows);
  const rowBytes = Math.ceil((rowSamples * bitsPerSample) / 8);
  const read = rowReaderFor(bitsPerSample);
  for (let row = 0; row < rows; row++) {
    const start = row * rowBytes;
    if (start >= bytes.length) break;
    read(
      bytes.subarray(start, start + rowBytes),
      bitsPerSample,
      samples.subarray(row * rowSamples, (row + 1) * rowSamples),
    );
  }
  if (sampleFormat === 'int') extendSigns(samples, bitsPerSample);
  else if (bitsPerSample < 8 && convert.kind !== 'palette') scaleToByte(samples as Uint8Array, bitsPerSample);
  return samples;
}

function rowReaderFor(bits: number): typeof unpackRow {
  if (bits <= 4 && bits !== 3) return unpackRowSmall;
  return bits <= 23 ? unpackRow : unpackRowWide;
}

/** 1, 2 and 4 bits: no sample crosses a byte. */
function unpackRowSmall(bytes: Uint8Array, bits: number, samples: SampleArray): void {
  const mask = (1 << bits) - 1;
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    for (let shift = 8 - bits; shift >= 0 && at < samples.length; shift -= bits) samples[at++] = (byte >> shift) & mask;
  }
}

/** Up to 23 bits: those read and not used yet stay in `pool`, below 2^31. */
function unpackRow(bytes: Uint8Array, bits: number, samples: SampleArray): void {
  let pool = 0;
  let available = 0;
  let next = 0;
  for (let i = 0; i < samples.length; i++) {
    while (available < bits) {
      pool = (pool << 8) | (next < bytes.length ? bytes[next]! : 0);
      next++;
      available += 8;
    }
    available -= bits;
    samples[i] = pool >>> available;
    pool &= (1 << available) - 1;
  }
}

/** Up to 31 bits: the pool grows to 2^39, too much for an integer but exact in a double. */
function unpackRowWide(bytes: Uint8Array, bits: number, samples: SampleArray): void {
  let pool = 0;
  let available = 0;
  let next = 0;
  for (let i = 0; i < samples.length; i++) {
    while (available < bits) {
      pool = pool * 256 + (next < bytes.length ? bytes[next]! : 0);
      next++;
      available += 8;
    }
    available -= bits;
    const divisor = 2 ** available;
    const value = Math.floor(pool / divisor);
    samples[i] = value;
    pool -= value * divisor;
  }
}

function extendSigns(samples: SampleArray, bits: number): void {
  const shift = 32 - bits;
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i]! << shift) >> shift;
}

/** Repeats the bits of a sample until they fill a byte: 0 stays 0, the highest value becomes 255. */
function scaleToByte(samples: Uint8Array, bits: number): void {
  const scaled = Uint8Array.from({ length: 2 ** bits }, (_, value) => {
    let byte = 0;
    for (let shift = 8 - bits; shift > -bits; shift -= bits) byte |= shift >= 0 ? value << shift : value >> -shift;
    return byte;
  });
  for (let i = 0; i < samples.length; i++) samples[i] = scaled[samples[i]!]!;
}
