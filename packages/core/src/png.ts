export {
  isPng,
  PNG_PALETTE,
  PNG_STORED_BANDS,
  type PngChunk,
  type PngColorType,
  type PngHeader,
  parsePngHeader,
  pngBands,
  pngChunks,
} from './png/png-header.ts';
