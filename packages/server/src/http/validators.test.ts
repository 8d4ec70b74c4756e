import { describe, expect, test } from 'vitest';
import { hashText } from './hash.ts';
import { entityTag, isNotModified } from './validators.ts';

const modified = new Date('2024-05-06T07:08:09.500Z');
const etag = '"0011223344556677"';

function ask(headers: Record<string, string>): boolean {
  return isNotModified((name) => headers[name], { etag, lastModified: modified });
}

describe('conditional requests', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['no condition', {}, false],
    ['the same tag', { 'if-none-match': etag }, true],
    ['the same tag, weak', { 'if-none-match': `W/${etag}` }, true],
    ['one of several tags', { 'if-none-match': `"a", ${etag} , "b"` }, true],
    ['any tag', { 'if-none-match': '*' }, true],
    ['another tag', { 'if-none-match': '"other"' }, false],
    ['another tag silences a date', { 'if-none-match': '"other"', 'if-modified-since': modified.toUTCString() }, false],
    ['the very second', { 'if-modified-since': 'Mon, 06 May 2024 07:08:09 GMT' }, true],
    ['a later date', { 'if-modified-since': 'Tue, 07 May 2024 00:00:00 GMT' }, true],
    ['an earlier date', { 'if-modified-since': 'Mon, 06 May 2024 07:08:08 GMT' }, false],
    ['nonsense', { 'if-modified-since': 'yesterday' }, false],
  ])('%s', (_name, headers, expected) => {
    expect(ask(headers)).toBe(expected);
  });
});

test('entity tags are quoted, stable and differ for near texts', () => {
  expect(entityTag('a')).toMatch(/^"[0-9a-f]{16}"$/);
  expect(entityTag('a')).toBe(entityTag('a'));
  const seen = new Set(Array.from({ length: 100_000 }, (_, index) => hashText(`image.tif#${index}`)));
  expect(seen.size).toBe(100_000);
});
