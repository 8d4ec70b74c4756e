import { readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from '@sectile/core';
import { openJp2, readFromMemory } from '@sectile/core/jpeg2000';
import { expect, test } from 'vitest';
import { packWindow, unpackWindow } from './pack-window.ts';

test.each(['odd-tiles', 'subsampled', 'lrcp-layers', 'ht-odd-tiles'])(
  'the windows of %s are the same after being posted',
  (name) => {
    const file = new URL(`../../../../test/fixtures/jpeg2000/${name}.j2k`, import.meta.url);
    const bytes = new Uint8Array(readFileSync(file));
    const { codestream, color } = readFromMemory(openJp2(bytes.length, DEFAULT_LIMITS), bytes);
    for (let discard = 0; discard <= codestream.levels + 1; discard++) {
      const rect = { x: 0, y: 0, ...codestream.size(discard) };
      const request = { discard, rect, color: color.color, cacheKey: undefined };
      const prepared = readFromMemory(codestream.prepare(request), bytes);
      const { window } = readFromMemory(codestream.locate(request, prepared), bytes);
      expect(window.tiles.length).toBeGreaterThan(0);
      expect(unpackWindow(structuredClone(packWindow(window)))).toEqual(window);
    }
  },
);
