export { convertSamples } from './tiff/convert-samples.ts';
export { reverseBits } from './tiff/fill-order.ts';
export { mergeJpegTables } from './tiff/jpeg-tables.ts';
export { createPyramidSink, type PyramidLayout, type PyramidSink } from './tiff/pyramid-writer.ts';
export { unpackedByteLength } from './tiff/segment-size.ts';
export { unpackSegment } from './tiff/unpack-segment.ts';
export {
  type ByteSink,
  createTiffWriter,
  type FieldToWrite,
  memorySink,
  type TiffWriter,
  type WrittenSegment,
} from './tiff/writer.ts';
