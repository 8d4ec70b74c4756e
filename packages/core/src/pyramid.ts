export type {
  BandRange,
  ColorModel,
  Density,
  ExtraSample,
  ImageInfo,
  ImageMetadata,
  LevelInfo,
  PassThroughInfo,
  StackPage,
} from './metadata/image-info.ts';
export { insertIccIntoJpeg } from './metadata/jpeg-icc.ts';
export { insertIccIntoWebp } from './metadata/webp-icc.ts';
export {
  type AssembleEngine,
  type Assembler,
  type AssembleTask,
  assembleWindow,
  type KeepAs,
  type ReadSegments,
  type WindowShape,
} from './pyramid/assemble.ts';
export { decodeSegment } from './pyramid/decode-segment.ts';
export { type DerivedLevelOptions, withDerivedLevels } from './pyramid/derived-levels.ts';
export type {
  EncodedPart,
  EncodedSegment,
  FileRange,
  ImageReader,
  ReadSegmentsOptions,
  SampleLayout,
  SegmentRef,
} from './pyramid/image-reader.ts';
export { type JpegReaderOptions, openJpegReader } from './pyramid/jpeg-reader.ts';
export { type Jpeg2000ReaderOptions, openJpeg2000Reader } from './pyramid/jpeg2000-reader.ts';
export { type OpenContainerOptions, type OpenImageOptions, openImage } from './pyramid/open-image.ts';
export { openPngReader } from './pyramid/png-reader.ts';
export type { CachedSegment, SegmentCache } from './pyramid/segment-cache.ts';
export { type SingleImage, singleImageReader } from './pyramid/single-image-reader.ts';
export { openTiffReader, type TiffReaderOptions } from './pyramid/tiff-reader.ts';
export { TileCache } from './pyramid/tile-cache.ts';
export { openWebpReader } from './pyramid/webp-reader.ts';
