/** Type of one decoded sample. Narrower stored samples (12 bit, half float) are widened to the next of these. */
export type DType = 'uint8' | 'uint16' | 'uint32' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

/** The typed array that holds samples of a {@link DType}. */
export type SampleArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

const BYTES: Readonly<Record<DType, number>> = {
  uint8: 1,
  uint16: 2,
  uint32: 4,
  int8: 1,
  int16: 2,
  int32: 4,
  float32: 4,
  float64: 8,
};

/** Bytes of one sample. */
export function bytesPerSample(dtype: DType): number {
  return BYTES[dtype];
}

/** True for the two float types. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

/** A zeroed array of `sampleCount` samples. */
export function allocateSamples(dtype: DType, sampleCount: number): SampleArray {
  return viewSamples(dtype, new ArrayBuffer(sampleCount * bytesPerSample(dtype)));
}

/** All of a buffer, whose length is that of whole samples. */
export function viewSamples(dtype: DType, buffer: ArrayBuffer): SampleArray {
  switch (dtype) {
    case 'uint8':
      return new Uint8Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
  }
}
