export { recycleBytes, takeBytes } from './bytes/recycled-bytes.ts';
export { blit, cropPixels } from './pixels/blit.ts';
export { convertSamples, sampleLimits } from './pixels/convert.ts';
export { allocateSamples, bytesPerSample, type DType, isFloat, type SampleArray, viewSamples } from './pixels/dtype.ts';
export { assertPixelBuffer, createPixelBuffer, type PixelBuffer } from './pixels/pixel-buffer.ts';
