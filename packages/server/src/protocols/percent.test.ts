import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath, encodeSegment, percentDecode, queryDecode } from './percent.ts';

describe('percentDecode', () => {
  it.each([
    ['a%20b', 'a b'],
    ['a%2520b', 'a%20b'],
    ['a+b', 'a+b'],
    ['%C3%BC', 'ü'],
    ['100%', '100%'],
    ['%zz%2', '%zz%2'],
    ['%E2%82%AC', '€'],
  ])('turns %s into %s', (text, decoded) => {
    expect(percentDecode(text)).toBe(decoded);
  });

  it.each(['%00', 'a\0', '%FF', '%C3', '%ED%A0%80', '\uD800', '%C0%AF'])('refuses %j', (text) => {
    expect(() => percentDecode(text)).toThrow(expect.objectContaining({ kind: 'request' }));
  });
});

describe('queryDecode', () => {
  it('reads + as a space and %2B as a plus', () => {
    expect(queryDecode('a+b%2Bc')).toBe('a b+c');
  });
});

describe('canonicalPath', () => {
  it('spells a path in one way and keeps slashes as they came', () => {
    expect(canonicalPath('a%2fb/%41 c/ü:,;=@')).toBe('a%2Fb/A%20c/%C3%BC:,;=%40');
  });

  it('changes nothing the second time', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(fc.array(text), (segments) => {
        const path = segments.map(encodeSegment).join('/');
        expect(canonicalPath(path)).toBe(path);
      }),
    );
  });
});
