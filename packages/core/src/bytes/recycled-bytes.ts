/** Bytes kept for reuse at most, over all sizes. */
const MAX_KEPT_BYTES = 2 ** 24;

/** Buffers ready for reuse, by length: tiles of one image all have the same. */
const idle = new Map<number, ArrayBuffer[]>();
/** Buffers made here: only these are taken back. */
const lent = new WeakSet<ArrayBufferLike>();
let idleBytes = 0;

/**
 * Bytes for a result that is soon used up, such as a decoded tile on its way to an encoder. Large arrays live outside
 * the garbage collector's heap, and a few hundred of them a second make it run without end.
 *
 * @returns An array over all of its buffer, filled with anything: the caller overwrites all of it.
 */
export function takeBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  const kept = idle.get(byteLength)?.pop();
  if (kept) {
    idleBytes -= byteLength;
    return new Uint8Array(kept);
  }
  const fresh = new ArrayBuffer(byteLength);
  lent.add(fresh);
  return new Uint8Array(fresh);
}

/**
 * Takes the memory of an array back that came from `takeBytes`, whatever its type is by now. To be called by whoever
 * knows that nobody looks at it any more; what did not come from there is left alone.
 */
export function recycleBytes({ buffer, byteLength }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer) || !lent.has(buffer)) return;
  // A part of a buffer, or a buffer that was transferred to another thread, is no use.
  if (byteLength === 0 || byteLength !== buffer.byteLength || idleBytes + byteLength > MAX_KEPT_BYTES) return;
  const same = idle.get(byteLength);
  if (same?.includes(buffer)) return;
  if (same) same.push(buffer);
  else idle.set(byteLength, [buffer]);
  idleBytes += byteLength;
}
