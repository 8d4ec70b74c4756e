// Kernels of the JPEG 2000 decoder. All addresses are bytes of this module's memory, handed out by `allocate`.
import { arenaAllocate, arenaReset, arenaRewind, arenaTop } from './arena.as';

export { decodeBlock } from './jpeg2000/block.as';
export { decodeHtBlock } from './jpeg2000/ht-block.as';
export { narrowCoefficients, placeIrreversible, placeReversible, undoMaxShift } from './jpeg2000/coefficients.as';
export {
  copyRows,
  finishFloats,
  finishIntegers,
  interleaveThreeBytes,
  inverseIct,
  inverseRct,
} from './jpeg2000/samples.as';
export { rowScratch, synthesize53, synthesize97 } from './jpeg2000/wavelet.as';

export function reset(): void {
  arenaReset();
}

/** Contents are unknown. */
export function allocate(byteLength: usize): usize {
  return arenaAllocate(byteLength);
}

export function allocateZeros(byteLength: usize): usize {
  const address = arenaAllocate(byteLength);
  memory.fill(address, 0, byteLength);
  return address;
}

export function mark(): usize {
  return arenaTop();
}

/** Takes back everything allocated since `mark`. */
export function release(to: usize): void {
  arenaRewind(to);
}
