/**
 * Records what libtiff's `tiffinfo` says of the first directory of every TIFF of the corpus, one `tiffinfo FILE` each,
 * in `test/golden/tiff-info.json`. Run with `npx tsx test/generate/tiff-info.ts` (Debian package libtiff-tools).
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { corpusFiles, corpusPath } from '../conformance/corpus.ts';

/** The second number of a line such as `Image Width: 256 Image Length: 4`, or a name; tags with defaults may be missing. */
function facts(text: string) {
  const first = text.split(/^=== TIFF directory 1 ===$/m)[0] ?? '';
  const find = (pattern: RegExp) => pattern.exec(first)?.[1];
  const width = find(/Image Width: (\d+)/);
  if (width === undefined) return undefined;
  return {
    width: Number(width),
    height: Number(find(/Image Length: (\d+)/)),
    bits: Number(find(/Bits\/Sample: (\d+)/) ?? 1),
    bands: Number(find(/Samples\/Pixel: (\d+)/) ?? 1),
    palette: /palette color/.test(first),
    tile:
      find(/Tile Width: (\d+)/) === undefined
        ? null
        : [Number(find(/Tile Width: (\d+)/)), Number(find(/Tile Length: (\d+)/))],
    directories: (text.match(/^=== TIFF directory/gm) ?? []).length,
  };
}

const recorded: Record<string, unknown> = {};
for (const name of corpusFiles('.tif', '.tiff', '.svs')) {
  const { stdout } = spawnSync('tiffinfo', [corpusPath(name)], {
    encoding: 'latin1',
    maxBuffer: 2 ** 26,
    timeout: 10_000,
  });
  recorded[name] = facts(stdout ?? '') ?? null;
}
writeFileSync(new URL('../golden/tiff-info.json', import.meta.url), `${JSON.stringify(recorded, null, 1)}\n`);
