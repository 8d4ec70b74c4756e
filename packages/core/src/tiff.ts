export { createPyramidSink, type PyramidLayout, type PyramidSink } from './tiff/pyramid-writer.ts';
export {
  type ByteSink,
  createTiffWriter,
  type FieldToWrite,
  memorySink,
  type TiffWriter,
  type WrittenSegment,
} from './tiff/writer.ts';
