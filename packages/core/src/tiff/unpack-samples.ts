import type { SampleLayout } from '../codec/encoded-segment.ts';
import { ImageError } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { SampleArray } from '../pixels/dtype.ts';
import { float24ToNumber, halfFloatTable } from './half-float.ts';
import { hostLittleEndian } from './host-order.ts';
import { joinSignificances, undoDoubleDifferencing } from './predictor.ts';
import { unpackBits } from './unpack-bits.ts';
import { fitBytes, toWords } from './words.ts';

/** How samples may be unpacked. */
export interface UnpackOptions {
  readonly kernels: Pick<Kernels, 'undoDifferencing'>;
  /** Nobody else reads the bytes: they may be changed in place. */
  readonly ownsBytes: boolean;
}

/**
 * Turns the decompressed bytes of one part into samples: predictor, byte order, width. Performs no color conversion.
 *
 * 8-bit samples, and wider ones in host order, are not copied: the result may share memory with `bytes`, which is
 * written to only with `ownsBytes`.
 */
export function unpackSamples(
  bytes: Uint8Array,
  layout: SampleLayout,
  { rowSamples, rows }: { readonly rowSamples: number; readonly rows: number },
  options: UnpackOptions,
): SampleArray {
  const { bitsPerSample } = layout;
  switch (bitsPerSample) {
    case 8:
      return unpack8(fitBytes(bytes, rowSamples * rows), layout, rowSamples, options);
    case 16:
    case 32:
    case 64:
      return unpackWords(fitBytes(bytes, (rowSamples * rows * bitsPerSample) / 8), layout, rowSamples, options);
    case 24:
      return unpack24(fitBytes(bytes, rowSamples * rows * 3), layout, rowSamples, options);
    default:
      return unpackBits(bytes, layout, rowSamples, rows);
  }
}

function unpack8(
  bytes: Uint8Array,
  layout: SampleLayout,
  rowSamples: number,
  { kernels, ownsBytes }: UnpackOptions,
): SampleArray {
  let samples = bytes;
  if (layout.predictor === 2) {
    samples = ownsBytes ? bytes : bytes.slice();
    kernels.undoDifferencing(samples, rowSamples, layout.storedBands);
  }
  if (layout.sampleFormat !== 'int') return samples;
  return new Int8Array(samples.buffer, samples.byteOffset, samples.length);
}

function unpackWords(bytes: Uint8Array, layout: SampleLayout, rowSamples: number, options: UnpackOptions): SampleArray {
  const { predictor, storedBands } = layout;
  const wordBytes = (layout.bitsPerSample / 8) as 2 | 4 | 8;
  const ordered =
    predictor === 3
      ? toWords(undoFloatingPoint(bytes, layout, rowSamples, options), wordBytes, hostLittleEndian, false)
      : toWords(bytes, wordBytes, layout.littleEndian, predictor === 2 && !options.ownsBytes);
  if (predictor === 2) {
    if (ordered instanceof BigUint64Array) undoDoubleDifferencing(ordered, rowSamples, storedBands);
    else options.kernels.undoDifferencing(ordered, rowSamples, storedBands);
  }
  const { buffer, byteOffset, length } = ordered;
  switch (`${layout.sampleFormat}${layout.bitsPerSample}`) {
    case 'uint16':
    case 'uint32':
      return ordered as Uint16Array | Uint32Array;
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'float16':
      return halvesToFloats(ordered as Uint16Array);
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    default:
      throw new ImageError('unsupported', `Samples of ${layout.bitsPerSample} bits (${layout.sampleFormat})`);
  }
}

/** Predictor 3: samples in host byte order. */
function undoFloatingPoint(
  bytes: Uint8Array,
  { storedBands, bitsPerSample }: SampleLayout,
  rowSamples: number,
  { kernels, ownsBytes }: UnpackOptions,
): Uint8Array {
  const sampleBytes = bitsPerSample / 8;
  const own = ownsBytes ? bytes : bytes.slice();
  kernels.undoDifferencing(own, rowSamples * sampleBytes, storedBands);
  return joinSignificances(own, rowSamples, sampleBytes);
}

function halvesToFloats(halves: Uint16Array): Float32Array {
  const table = halfFloatTable();
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]!]!;
  return floats;
}

function unpack24(bytes: Uint8Array, layout: SampleLayout, rowSamples: number, options: UnpackOptions): SampleArray {
  const { sampleFormat } = layout;
  const stored = layout.predictor === 3 ? undoFloatingPoint(bytes, layout, rowSamples, options) : bytes;
  const littleEndian = layout.predictor === 3 ? hostLittleEndian : layout.littleEndian;
  const count = stored.length / 3;
  const words = new Uint32Array(count);
  const [low, high] = littleEndian ? [0, 2] : [2, 0];
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    words[i] = stored[at + low]! | (stored[at + 1]! << 8) | (stored[at + high]! << 16);
  }
  if (sampleFormat === 'uint') return words;
  if (sampleFormat === 'int') return Int32Array.from(words, (word) => (word << 8) >> 8);
  return Float32Array.from(words, float24ToNumber);
}
