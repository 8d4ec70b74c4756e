// PNG pixels to a zlib stream, band by band: filters and deflate made for speed.

import { arenaAllocate, arenaReset } from './arena.as';
import { adler32 } from './png/adler32.as';
import { alignBits, beginBits, deflateRuns, outputEnd, setOutput, worstCase } from './png/deflate-runs.as';
import { filterSub, filterUp } from './png/filter.as';

/** Room in front of and behind the rows, for loads of 16 bytes. */
const MARGIN: usize = 16;

let rowByteLength: usize = 0;
let pixelByteLength: usize = 0;
/** The last row of the band before, directly in front of the band's rows. */
let above: usize = 0;
let rows: usize = 0;
let filtered: usize = 0;
let output: usize = 0;
let isFirstBand = true;
let checksum: u32 = 1;

/** Begins a picture. Returns the address where the rows of each band are to be put, at most `bandRows`. */
export function begin(rowBytes: i32, pixelBytes: i32, bandRows: i32): usize {
  rowByteLength = rowBytes;
  pixelByteLength = pixelBytes;
  arenaReset();
  above = arenaAllocate(MARGIN + rowByteLength * (bandRows + 1) + MARGIN) + MARGIN;
  rows = above + rowByteLength;
  const filteredBytes = (rowByteLength + 1) * bandRows;
  filtered = arenaAllocate(filteredBytes + MARGIN);
  output = arenaAllocate(worstCase(filteredBytes) + MARGIN);
  isFirstBand = true;
  checksum = 1;
  beginBits();
  return rows;
}

/** Where {@link encodeBand} leaves its bytes. */
export function outputAddress(): usize {
  return output;
}

/** Encodes a band. Returns the number of bytes of the stream that are ready. */
export function encodeBand(rowCount: i32, isLastBand: i32): i32 {
  setOutput(output);
  let target = output;
  if (isFirstBand) {
    // zlib header (RFC 1950): deflate with a window of 32 KiB, fastest level.
    store<u8>(target++, 0x78);
    store<u8>(target++, 0x01);
    setOutput(target);
  }
  let to = filtered;
  for (let row = 0; row < rowCount; row++) {
    const from = rows + <usize>row * rowByteLength;
    if (isFirstBand && row == 0) filterSub(from, rowByteLength, pixelByteLength, to);
    else filterUp(from, rowByteLength, from - rowByteLength, to);
    to += rowByteLength + 1;
  }
  checksum = adler32(checksum, filtered, to - filtered);
  deflateRuns(filtered, to, isLastBand != 0);
  memory.copy(above, rows + <usize>(rowCount - 1) * rowByteLength, rowByteLength);
  isFirstBand = false;
  if (isLastBand) {
    alignBits();
    target = outputEnd();
    store<u32>(target, bswap<u32>(checksum));
    setOutput(target + 4);
  }
  return <i32>(outputEnd() - output);
}
