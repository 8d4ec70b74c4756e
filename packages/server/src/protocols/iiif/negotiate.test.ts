import { describe, expect, it } from 'vitest';
import { infoMediaType, negotiateVersion } from './negotiate.ts';

const P2 = 'http://iiif.io/api/image/2/context.json';
const P3 = 'http://iiif.io/api/image/3/context.json';

describe('negotiateVersion', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*/*', undefined],
    ['application/ld+json', undefined],
    [`application/ld+json;profile="${P2}"`, 2],
    [`application/ld+json; profile="${P3}"`, 3],
    [`application/json;profile=${P2}`, 2],
    [`application/ld+json;profile="${P3}";q=0.1, application/ld+json;profile="${P2}"`, 2],
    [`application/ld+json;profile="${P2}";q=0`, undefined],
    [`application/ld+json;profile="http://example.org/a,b ${P2}"`, 2],
    ['application/ld+json;profile="http://iiif.io/api/image', undefined],
    ['application/ld+json;profile="http://iiif.io/api/image/1/context.json"', undefined],
  ])('finds in %s the version %s', (accept, version) => {
    expect(negotiateVersion(accept)).toBe(version);
  });

  it('takes no time over a header made to waste it', () => {
    expect(negotiateVersion('a;"'.repeat(50_000))).toBeUndefined();
  });
});

describe('infoMediaType', () => {
  const linked2 = `application/ld+json;profile="${P2}"`;
  const linked3 = `application/ld+json;profile="${P3}"`;
  const plain = 'application/json';
  it.each([
    [undefined, plain, linked3],
    ['*/*', plain, linked3],
    ['application/*', plain, linked3],
    ['text/html', plain, linked3],
    ['application/json', plain, plain],
    ['application/ld+json', linked2, linked3],
    ['application/ld+json, application/json', linked2, linked3],
    ['application/ld+json;q=0.5, application/json', plain, plain],
    ['application/ld+json;q=0, */*', plain, plain],
    ['text/html,application/xhtml+xml,*/*;q=0.8', plain, linked3],
  ])('answers Accept %s with %s in version 2 and %s in version 3', (accept, second, third) => {
    expect(infoMediaType(2, accept)).toBe(second);
    expect(infoMediaType(3, accept)).toBe(third);
  });
});
