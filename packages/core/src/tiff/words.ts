import { hostLittleEndian } from './host-order.ts';
import type { WordArray } from './predictor.ts';

/** Exactly `byteLength` bytes: cut where there are more, zeros where there are fewer. Copies only to add zeros. */
export function fitBytes(bytes: Uint8Array, byteLength: number): Uint8Array {
  if (bytes.length === byteLength) return bytes;
  if (bytes.length > byteLength) return bytes.subarray(0, byteLength);
  const padded = new Uint8Array(byteLength);
  padded.set(bytes);
  return padded;
}

/**
 * Stored words in host byte order.
 *
 * @param own The result must not share memory with `bytes`. Else it does where order and alignment allow.
 */
export function toWords(bytes: Uint8Array, wordBytes: 1 | 2 | 4 | 8, littleEndian: boolean, own: boolean): WordArray {
  const inOrder = wordBytes === 1 || littleEndian === hostLittleEndian;
  if (inOrder && !own && bytes.byteOffset % wordBytes === 0) return viewWords(bytes, wordBytes);
  const copy = bytes.slice();
  if (!inOrder) swapBytes(copy, wordBytes);
  return viewWords(copy, wordBytes);
}

function viewWords(bytes: Uint8Array, wordBytes: 1 | 2 | 4 | 8): WordArray {
  const { buffer, byteOffset } = bytes;
  const length = Math.floor(bytes.length / wordBytes);
  switch (wordBytes) {
    case 1:
      return bytes;
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    case 8:
      return new BigUint64Array(buffer, byteOffset, length);
  }
}

/** Reverses the bytes of each word in place; `bytes` is aligned to words. */
function swapBytes(bytes: Uint8Array, wordBytes: 2 | 4 | 8 | 1): void {
  if (wordBytes === 2) {
    const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    for (let i = 0; i < words.length; i++) words[i] = (words[i]! << 8) | (words[i]! >> 8);
    return;
  }
  for (let start = 0; start + wordBytes <= bytes.length; start += wordBytes) {
    for (let low = start, high = start + wordBytes - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}
