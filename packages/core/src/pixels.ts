export { allocateSamples, bytesPerSample, type DType, isFloat, type SampleArray } from './pixels/dtype.ts';
export { assertPixelBuffer, createPixelBuffer, type PixelBuffer } from './pixels/pixel-buffer.ts';
