export type {
  Jpeg2000BandSource,
  Jpeg2000Color,
  Jpeg2000Lab,
  Jpeg2000Matrix,
  Jpeg2000PaletteColumn,
} from './codec/jpeg2000-color.ts';
export {
  BLOCK_FIELDS,
  type Jpeg2000Coding,
  type Jpeg2000Plane,
  type Jpeg2000Window,
  subbandSide,
} from './codec/jpeg2000-window.ts';
export { SYCC } from './jpeg2000/band-matrix.ts';
export { isJpeg2000 } from './jpeg2000/boxes.ts';
export { type ByteReads, readFromMemory, readFromSource } from './jpeg2000/byte-reads.ts';
export { Codestream, openCodestream } from './jpeg2000/codestream.ts';
export { type Jp2File, openJp2 } from './jpeg2000/jp2-file.ts';
export { type LocatedWindow, readBlocks, type WindowRequest } from './jpeg2000/window-locator.ts';
