export type { JpegRows, JpegScanStart } from './codec/jpeg-rows.ts';
export { type ColorMarkers, type JpegColor, jpegColor, noteColorMarkers } from './jpeg/color.ts';
export { type FrameComponent, type FrameHeader, mcuSize, parseFrameHeader } from './jpeg/frame-header.ts';
export { type JpegFile, openJpeg } from './jpeg/jpeg-file.ts';
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
