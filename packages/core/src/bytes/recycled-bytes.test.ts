import { describe, expect, it } from 'vitest';
import { recycleBytes, takeBytes } from './recycled-bytes.ts';

describe('recycled bytes', () => {
  it('hands out the memory again that came back', () => {
    const first = takeBytes(1001);
    recycleBytes(first);
    expect(takeBytes(1001).buffer).toBe(first.buffer);
    expect(takeBytes(1001).buffer).not.toBe(first.buffer);
  });

  it('takes memory back as another type', () => {
    const { buffer } = takeBytes(1004);
    recycleBytes(new Uint16Array(buffer));
    expect(takeBytes(1004).buffer).toBe(buffer);
  });

  it('never hands out memory twice at a time', () => {
    const bytes = takeBytes(1002);
    recycleBytes(bytes);
    recycleBytes(bytes);
    expect(takeBytes(1002).buffer).not.toBe(takeBytes(1002).buffer);
  });

  it('leaves alone what it did not hand out, and parts', () => {
    const own = new Uint8Array(1003);
    const lent = takeBytes(1006);
    recycleBytes(own);
    recycleBytes(lent.subarray(0, 1003));
    const next = takeBytes(1003);
    expect(next.buffer).not.toBe(own.buffer);
    expect(next.buffer).not.toBe(lent.buffer);
  });

  it('keeps no more than 16 MiB', () => {
    const many = Array.from({ length: 40 }, () => takeBytes(2 ** 20));
    for (const bytes of many) recycleBytes(bytes);
    const known = new Set(many.map(({ buffer }) => buffer));
    const again = Array.from({ length: 40 }, () => takeBytes(2 ** 20));
    expect(again.filter(({ buffer }) => known.has(buffer))).toHaveLength(16);
  });
});
