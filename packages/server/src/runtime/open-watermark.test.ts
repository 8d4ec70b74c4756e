import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@sectile/codecs';
import { createPixelBuffer } from '@sectile/core/pixels';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from '../config/value-kinds.ts';
import { openWatermark } from './open-watermark.node.ts';

const folder = mkdtempSync(join(tmpdir(), 'sectile-watermark-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['png', 'webp', 'tif'] as const)('reads a %s file', async (format) => {
  const engine = await createEngine();
  const pixels = createPixelBuffer(20, 10, 4, 'uint8');
  for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set([250, 20, 10, i < 400 ? 255 : 0], i);
  const encoder = await engine.codecs.encoder(format);
  const path = join(folder, `mark.${format}`);
  writeFileSync(path, encoder.encode(pixels, { quality: format === 'webp' ? -1 : 1 }));
  const overlay = await openWatermark(path, engine);
  expect(overlay).toMatchObject({ width: 20, height: 10 });
  expect(Array.from(overlay.data.subarray(0, 4))).toEqual([250, 20, 10, 255]);
  expect(overlay.data.at(-1)).toBe(0);
});

test('refuses what is no picture, and what is not there', async () => {
  const engine = await createEngine();
  const path = join(folder, 'mark.txt');
  writeFileSync(path, 'no picture at all');
  await expect(openWatermark(path, engine)).rejects.toThrow(ConfigError);
  await expect(openWatermark(join(folder, 'missing.png'), engine)).rejects.toThrow(/WATERMARK .*missing\.png/);
});
