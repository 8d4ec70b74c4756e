import { describe, expect, test } from 'vitest';
import { infoOf, JPG, LEVELS, PNG, planOf, TIF, WEBP } from '../../../../test/reference/plan.ts';
import { canonicalKey } from './canonical.ts';
import type { RenderRequest } from './request.ts';

describe('canonical keys', () => {
  const key = (request: Partial<RenderRequest>, info = infoOf()) => canonicalKey(planOf(request, info));

  test('are equal for the same tile asked for by four protocols', () => {
    const protocols: Partial<RenderRequest>[] = [
      { level: { from: 'smallest', index: 2 }, region: { kind: 'tile-index', index: 1 } },
      { level: { from: 'one-pixel', index: 8 }, region: { kind: 'tile', col: 1, row: 0 } },
      { level: { from: 'one-tile', index: 2 }, region: { kind: 'tile', col: 1, row: 0 } },
      {
        region: { kind: 'pixels', x: 128, y: 0, width: 128, height: 128 },
        size: { kind: 'width', width: 64 },
        upscale: 'reject',
      },
      {
        region: { kind: 'pixels', x: 128, y: 0, width: 128, height: 128 },
        size: { kind: 'fit', width: 64, height: 64 },
      },
    ];
    for (const output of [JPG, PNG, WEBP]) {
      expect(new Set(protocols.map((request) => key({ ...request, output }))).size).toBe(1);
    }
    const stored = infoOf({ levels: LEVELS.map((level) => ({ ...level, passThrough: { format: 'jpg' } })) });
    expect(new Set(protocols.map((request) => key({ ...request, output: JPG }, stored))).size).toBe(1);
  });

  test('do not depend on how the same thing was said', () => {
    const whole = key({});
    expect(key({ size: { kind: 'max' }, upscale: 'reject' })).toBe(whole);
    expect(key({ region: { kind: 'percent', x: 0, y: 0, width: 100, height: 100 } })).toBe(whole);
    expect(key({ region: { kind: 'fraction', x: 0, y: 0, width: 1, height: 1 } })).toBe(whole);
    expect(key({ rotation: { mirror: false, degrees: 360 } })).toBe(whole);
    expect(key({ output: { ...PNG, quality: 1 } })).toBe(whole);
    expect(key({ adjustments: [{ kind: 'gamma', exponent: 1 }] })).toBe(whole);
  });

  test('differ where the answer does', () => {
    const requests: Partial<RenderRequest>[] = [
      {},
      { region: { kind: 'square' } },
      { region: { kind: 'pixels', x: 0, y: 0, width: 300, height: 201 } },
      { size: { kind: 'width', width: 300 } },
      { size: { kind: 'width', width: 150 } },
      { size: { kind: 'width', width: 149 } },
      { quality: 'gray' },
      { quality: 'bitonal' },
      { rotation: { mirror: true, degrees: 0 } },
      { rotation: { mirror: false, degrees: 90 } },
      { rotation: { mirror: false, degrees: 90.5 } },
      { adjustments: [{ kind: 'gamma', exponent: 2 }] },
      { adjustments: [{ kind: 'gamma', exponent: 2.5 }] },
      { adjustments: [{ kind: 'contrast', gain: 2 }] },
      { output: JPG },
      { output: { ...JPG, quality: 80 } },
      { output: TIF },
      { output: { ...TIF, compression: 'lzw' } },
    ];
    expect(new Set(requests.map((request) => key(request))).size).toBe(requests.length);
    const pages = infoOf({
      pages: [
        { name: '', scale: 1 },
        { name: '', scale: 1 },
      ],
    });
    expect(key({ page: 1 }, pages)).not.toBe(key({ page: 0 }, pages));
  });

  test('hold a profile by its length, not by its bytes', () => {
    const icc = new Uint8Array(30000);
    const info = infoOf({ metadata: { text: {}, orientation: 1, icc } });
    expect(key({}, info)).not.toBe(key({}));
    expect(key({}, info).length).toBeLessThan(600);
  });
});
