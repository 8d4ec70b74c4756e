// Second bytes of markers (ITU-T T.81 table B.1).

export const SOF0 = 0xc0;
export const SOF1 = 0xc1;
export const SOF2 = 0xc2;
/** Define Huffman tables. */
export const DHT = 0xc4;
export const RST0 = 0xd0;
export const RST7 = 0xd7;
/** Start of image. */
export const SOI = 0xd8;
/** End of image. */
export const EOI = 0xd9;
/** Start of scan: its header; entropy-coded data follow. */
export const SOS = 0xda;
/** Define quantization tables. */
export const DQT = 0xdb;
/** Define restart interval. */
export const DRI = 0xdd;
export const APP0 = 0xe0;
export const APP1 = 0xe1;
export const APP2 = 0xe2;
export const APP14 = 0xee;
export const COM = 0xfe;
const TEM = 0x01;
const JPG = 0xc8;
const DAC = 0xcc;

/** True for markers that stand alone, without a length and a payload. */
export function standsAlone(marker: number): boolean {
  return (marker >= RST0 && marker <= EOI) || marker === TEM;
}

/** True for the markers that begin a frame, of any coding. */
export function beginsFrame(marker: number): boolean {
  return marker >= SOF0 && marker <= 0xcf && marker !== DHT && marker !== JPG && marker !== DAC;
}
