import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from './numeric.ts';
import { parseRegion } from './region.ts';

describe('parseRegion', () => {
  it.each([
    ['full', { kind: 'full' }],
    ['square', { kind: 'square' }],
    ['0,0,1,1', { kind: 'pixels', x: 0, y: 0, width: 1, height: 1 }],
    ['125,15,120,140', { kind: 'pixels', x: 125, y: 15, width: 120, height: 140 }],
    ['007,0,08,9', { kind: 'pixels', x: 7, y: 0, width: 8, height: 9 }],
    ['pct:41.6,7.5,40,70', { kind: 'percent', x: 41.6, y: 7.5, width: 40, height: 70 }],
    ['pct:.5,0,100,0.001', { kind: 'percent', x: 0.5, y: 0, width: 100, height: 0.001 }],
  ])('reads %s', (text, region) => {
    expect(parseRegion(text)).toEqual(region);
  });

  it('keeps numbers beyond 2^53 finite and exact', () => {
    const huge = '9'.repeat(400);
    expect(parseRegion(`0,0,${huge},${huge}`)).toMatchObject({ width: Number.MAX_SAFE_INTEGER });
  });

  it.each([
    '',
    'xxfullxx',
    'full ',
    ' full',
    'fullx',
    '1,2,3',
    '1,2,3,4,5',
    '1,2,3,4,',
    ',1,2,3',
    '1,,3,4',
    '-1,0,2,2',
    '+1,0,2,2',
    '1.5,0,2,2',
    '1e2,0,2,2',
    '0x1,0,2,2',
    ' 1,0,2,2',
    '1,0,0,2',
    '1,0,2,0',
    'pct:',
    'pct:1,2,3',
    'pct:1,2,3,0',
    'pct:-1,2,3,4',
    'pct:1.,2,3,4',
    'pct:.,2,3,4',
    'pct:1e1,2,3,4',
    'pct:1.2.3,2,3,4',
    'PCT:1,2,3,4',
    'pct1,2,3,4',
    'square,',
    '٣,0,1,1',
    'NaN,0,1,1',
    'Infinity,0,1,1',
    '1\n,0,1,1',
  ])('refuses "%s"', (text) => {
    expect(() => parseRegion(text)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  it('reads back every region that was written', () => {
    const natural = fc.integer({ min: 0, max: 2 ** 31 });
    const positive = fc.integer({ min: 1, max: 2 ** 31 });
    fc.assert(
      fc.property(natural, natural, positive, positive, (x, y, width, height) => {
        expect(parseRegion([x, y, width, height].join(','))).toEqual({ kind: 'pixels', x, y, width, height });
        const parts = [x, y, width, height].map((value) => value / 1000);
        const text = `pct:${parts.map(formatDecimal).join(',')}`;
        expect(Object.values(parseRegion(text))).toEqual(['percent', ...parts]);
      }),
    );
  });
});
