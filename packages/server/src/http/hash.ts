/**
 * A 64-bit fingerprint of a text as 16 hexadecimal digits, for entity tags. Two 32-bit multiply-xor lanes with the
 * finalizer of MurmurHash3; not for secrets: whoever chooses the text can make two of them meet.
 */
export function hashText(text: string): string {
  return hash(text.length, (index) => text.charCodeAt(index));
}

/** The same of bytes. */
export function hashBytes(bytes: Uint8Array): string {
  return hash(bytes.length, (index) => bytes[index] ?? 0);
}

function hash(length: number, valueAt: (index: number) => number): string {
  let a = 0x9e3779b1;
  let b = 0x85ebca77;
  for (let index = 0; index < length; index++) {
    const value = valueAt(index);
    a = Math.imul(a ^ value, 0x9e3779b1);
    b = Math.imul(b ^ value, 0xc2b2ae3d);
    a ^= b >>> 15;
    b ^= a >>> 13;
  }
  return hex(mix(a ^ length)) + hex(mix(b));
}

function mix(lane: number): number {
  lane = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  lane = Math.imul(lane ^ (lane >>> 13), 0xc2b2ae35);
  return lane ^ (lane >>> 16);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
