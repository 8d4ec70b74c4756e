import { existsSync, readFileSync } from 'node:fs';
import { openImage } from '@sectile/core/pyramid';
import { fileSource } from '@sectile/core/source/node';
import { describe, expect, it } from 'vitest';
import { CORPUS, corpusFiles, corpusPath } from './corpus.ts';

/** What `test/generate/tiff-info.ts` recorded; `null` where libtiff found no picture. */
interface LibtiffFacts {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly bands: number;
  readonly palette: boolean;
  readonly tile: readonly [number, number] | null;
  readonly directories: number;
}

const golden = new URL('../golden/tiff-info.json', import.meta.url);
const RECORDED: Readonly<Record<string, LibtiffFacts | null>> = existsSync(golden)
  ? JSON.parse(readFileSync(golden, 'utf8'))
  : {};

/** Damaged files that are refused on opening; every other one opens. */
const REFUSED: Readonly<Record<string, string>> = {
  'pillow/crash-2020-10-test.tif': 'malformed', // a second directory without fields
  'pillow/crash-4f085cc12ece8cde18758d42608bed6a2a2cfb1c.tif': 'malformed', // a value behind the end
  'pillow/crash-63b1dffefc8c075ddc606c0a2f5fdc15ece78863.tif': 'malformed', // a directory behind the end
  'pillow/crash-86214e58da443d2b80820cff9677a38a33dcbbca.tif': 'malformed', // a value behind the end
  'pillow/libtiff_segfault.tif': 'limit', // 65535 bands
  'pillow/oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif': 'malformed', // ends within a directory
  'pillow/seek_too_large.tif': 'malformed', // an offset above 2^63
};

describe.skipIf(CORPUS === undefined)('facts of the TIFF files of many makers', () => {
  it('are recorded for every file', () => {
    expect(Object.keys(RECORDED)).toEqual(corpusFiles('.tif', '.tiff', '.svs'));
  });

  it.each(Object.entries(RECORDED))('%s', async (name, recorded) => {
    const source = await fileSource(corpusPath(name));
    try {
      const opening = openImage(source);
      const refusal = REFUSED[name];
      if (refusal) {
        await expect(opening).rejects.toMatchObject({ name: 'ImageError', kind: refusal });
        return;
      }
      const { info } = await opening;
      if (recorded === null) return;
      const { width, height, bits, bands, palette, tile } = recorded;
      expect(info).toMatchObject({ width, height, bitsPerSample: bits, bands: palette ? bands + 2 : bands });
      if (tile) expect(info.levels[0]).toMatchObject({ tileWidth: tile[0], tileHeight: tile[1] });
      expect(info.levels.length * info.pages.length).toBeLessThanOrEqual(
        Math.max(recorded.directories, 1) + subLevels(name),
      );
    } finally {
      await source.close();
    }
  });

  /** `tiffinfo` counts the main chain only. */
  function subLevels(name: string): number {
    return name.includes('child_ifd') ? 2 : 0;
  }
});
