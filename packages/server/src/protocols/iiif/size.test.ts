import type { SizeSpec } from '@sectile/core/render';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize, type SizeRules } from './size.ts';

const V3: SizeRules = { version: 3, allowUpscaling: true, acceptFull: false };
const V2: SizeRules = { ...V3, version: 2 };

const FORMS: readonly [string, SizeSpec][] = [
  ['max', { kind: 'max' }],
  ['150,', { kind: 'width', width: 150 }],
  [',150', { kind: 'height', height: 150 }],
  ['pct:50', { kind: 'percent', percent: 50 }],
  ['pct:0.5', { kind: 'percent', percent: 0.5 }],
  ['pct:120', { kind: 'percent', percent: 120 }],
  ['225,100', { kind: 'exact', width: 225, height: 100 }],
  ['!225,100', { kind: 'fit', width: 225, height: 100 }],
];

describe('parseSize', () => {
  it.each(FORMS)('reads %s in version 3: without upscaling, with it behind ^', (text, size) => {
    expect(parseSize(text, V3)).toEqual({ size, upscale: 'reject' });
    expect(parseSize(`^${text}`, V3)).toEqual({ size, upscale: 'allow' });
    expect(parseSize(`^${text}`, { ...V3, allowUpscaling: false })).toEqual({ size, upscale: 'reject' });
  });

  it.each(FORMS)('reads %s in version 2: upscaling is up to the server', (text, size) => {
    const isMax = text === 'max';
    expect(parseSize(text, V2)).toEqual({ size, upscale: isMax ? 'reject' : 'allow' });
    expect(parseSize(text, { ...V2, allowUpscaling: false })).toEqual({ size, upscale: isMax ? 'reject' : 'clamp' });
    expect(() => parseSize(`^${text}`, V2)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  it('knows full in version 2, and in version 3 only where versions mix', () => {
    const full = { size: { kind: 'max' }, upscale: 'reject' };
    expect(parseSize('full', V2)).toEqual(full);
    expect(parseSize('full', { ...V3, acceptFull: true })).toEqual(full);
    expect(() => parseSize('full', V3)).toThrow();
    expect(() => parseSize('^full', { ...V3, acceptFull: true })).toThrow();
  });

  it.each([
    '',
    ',',
    '!',
    '^',
    '^^max',
    'max,',
    'maxi',
    '0,',
    ',0',
    '0,0',
    '1,0',
    '!1,',
    '!,1',
    '!0,1',
    '1',
    '1,2,3',
    '-1,',
    '1.5,',
    '1e3,',
    '+1,',
    ' 1,',
    '1 ,',
    '1,2 ',
    '1;2',
    'pct:',
    'pct:0',
    'pct:0.0',
    'pct:-1',
    'pct:1e2',
    'pct:50%',
    '!max',
    '!pct:50',
    '!^1,1',
    'square',
    ',^240',
    '0x10,',
  ])('refuses "%s" in both versions', (text) => {
    for (const rules of [V2, V3]) {
      expect(() => parseSize(text, rules)).toThrow(expect.objectContaining({ kind: 'request' }));
    }
  });

  it('reads back every size that was written', () => {
    const side = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        expect(parseSize(`${width},${height}`, V3).size).toEqual({ kind: 'exact', width, height });
        expect(parseSize(`!${width},${height}`, V3).size).toEqual({ kind: 'fit', width, height });
        expect(parseSize(`${width},`, V2).size).toEqual({ kind: 'width', width });
        expect(parseSize(`,${height}`, V2).size).toEqual({ kind: 'height', height });
      }),
    );
  });
});
