// Baseline entropy coding of quantised blocks (ITU-T T.81 annex F.1.2).

import { nonZeroMask, OFFSET_OF } from './coefficient-order.as';
import { accumulator, bitCount, HUFFMAN, output, saveBitState, storeWord } from './entropy-output.as';

/** Component (0, 1, 2) of each block of an MCU, in coding order. */
export const BLOCK_COMPONENTS: usize = memory.data(16, 16);
/** Last DC value of each component: i32. */
export const PREDICTIONS: usize = memory.data(16, 16);

/** Symbol of 16 zeros in a row. */
const ZERO_RUN: usize = 0xf0;

/** Bits that hold the magnitude of `value`: its category in table F.1 and F.2. */
// @ts-ignore: decorator
@inline
export function categoryOf(value: i32): u32 {
  return 32 - clz<u32>(abs<i32>(value));
}

/** The low bits that follow a category: the value, or one less when it is negative. */
// @ts-ignore: decorator
@inline
export function valueBits(value: i32, category: u32): u64 {
  return <u64>((value + (value >> 31)) & ((1 << category) - 1));
}

/** Codes blocks that follow one another in memory. Room for them has been reserved. */
export function codeMcus(blocks: usize, mcuCount: i32, blocksPerMcu: usize): void {
  // In locals, because the engine keeps globals in memory.
  let bits = accumulator, count = bitCount, at = output;
  for (let mcu = 0; mcu < mcuCount; mcu++) {
    for (let i: usize = 0; i < blocksPerMcu; i++, blocks += 128) {
      const component = <usize>load<u8>(BLOCK_COMPONENTS + i);
      const dcTable = HUFFMAN + (<usize>(component != 0) << 11), acTable = dcTable + 1024;
      const dc = <i32>load<i16>(blocks);
      let value = dc - load<i32>(PREDICTIONS + (component << 2));
      store<i32>(PREDICTIONS + (component << 2), dc);
      let category = categoryOf(value);
      let entry = load<u32>(dcTable + (category << 2));
      let length = (entry & 255) + category;
      bits = (bits << length) | (<u64>(entry >> 8) << category) | valueBits(value, category);
      count += length;
      if (count >= 32) {
        count -= 32;
        at = storeWord(at, <u32>(bits >> count));
      }
      let previous: u32 = 0;
      for (let mask = nonZeroMask(blocks) & ~1; mask != 0; mask &= mask - 1) {
        const k = <u32>ctz<u64>(mask);
        let run = k - previous - 1;
        previous = k;
        while (run > 15) {
          entry = load<u32>(acTable + (ZERO_RUN << 2));
          bits = (bits << (entry & 255)) | (entry >> 8);
          count += entry & 255;
          if (count >= 32) {
            count -= 32;
            at = storeWord(at, <u32>(bits >> count));
          }
          run -= 16;
        }
        value = <i32>load<i16>(blocks + load<u8>(OFFSET_OF + k));
        category = categoryOf(value);
        entry = load<u32>(acTable + (((run << 4) + category) << 2));
        length = (entry & 255) + category;
        bits = (bits << length) | (<u64>(entry >> 8) << category) | valueBits(value, category);
        count += length;
        if (count >= 32) {
          count -= 32;
          at = storeWord(at, <u32>(bits >> count));
        }
      }
      if (previous != 63) {
        entry = load<u32>(acTable);
        bits = (bits << (entry & 255)) | (entry >> 8);
        count += entry & 255;
        if (count >= 32) {
          count -= 32;
          at = storeWord(at, <u32>(bits >> count));
        }
      }
    }
  }
  saveBitState(bits, count, at);
}
