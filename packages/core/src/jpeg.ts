export { type ColorMarkers, type JpegColor, jpegColor, noteColorMarkers } from './jpeg/color.ts';
export { type FrameComponent, type FrameHeader, maxSampling, parseFrameHeader } from './jpeg/frame-header.ts';
export { isJpeg, type MarkerSegment, readMarkerSegment } from './jpeg/marker-segment.ts';
export { beginsFrame, DHT, DQT, DRI, EOI, SOI, SOS } from './jpeg/markers.ts';
export { parseScanHeader, type ScanComponent, type ScanHeader } from './jpeg/scan-header.ts';
export {
  parseHuffmanTables,
  parseQuantizationTables,
  parseRestartInterval,
  type StoredHuffmanTable,
  type StoredQuantizationTable,
} from './jpeg/tables.ts';
