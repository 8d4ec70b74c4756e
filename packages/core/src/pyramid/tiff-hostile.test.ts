import { describe, expect, it } from 'vitest';
import {
  type BuildOptions,
  buildTiff,
  type DirectoryToBuild,
  flatTiles,
  strips,
  tiled,
  tiledFields,
} from '../../../../test/fixtures/build-tiff.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { memorySource } from '../source/memory.ts';
import { openImage } from './open-image.ts';

describe('hostile TIFF files', () => {
  const bytesOf = (directories: readonly DirectoryToBuild[], options?: BuildOptions) => buildTiff(directories, options);
  const loop = () => {
    const file = bytesOf([strips(4, 4)]);
    const first = new DataView(file.buffer).getUint32(4, true);
    return bytesOf([strips(4, 4)], { finalOffset: first });
  };

  it('a chain of directories that returns to itself ends there', async () => {
    const reader = await openImage(memorySource(loop()));
    expect(reader.info).toMatchObject({ width: 4, height: 4 });
    expect(reader.info.pages).toHaveLength(1);
  });

  it.each<{ name: string; file: () => Uint8Array; kind: string }>([
    { name: 'nothing', file: () => new Uint8Array(0), kind: 'unsupported' },
    { name: 'a header alone', file: () => Uint8Array.of(0x49, 0x49, 42, 0), kind: 'malformed' },
    { name: 'a first directory at zero', file: () => Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0), kind: 'malformed' },
    { name: 'a directory behind the end', file: () => Uint8Array.of(0x49, 0x49, 42, 0, 9, 9, 9, 9), kind: 'malformed' },
    {
      name: 'a SubIFD that is its own parent',
      file: () => {
        const one = bytesOf([{ ...strips(4, 4), fields: { ...strips(4, 4).fields, SubIFDs: [0] } }]);
        const first = new DataView(one.buffer).getUint32(4, true);
        return bytesOf([{ ...strips(4, 4), fields: { ...strips(4, 4).fields, SubIFDs: [first] } }]);
      },
      kind: 'malformed',
    },
    { name: 'no width', file: () => bytesOf([strips(4, 4, { ImageWidth: [0] })]), kind: 'malformed' },
    { name: 'no rows a strip', file: () => bytesOf([strips(4, 4, { RowsPerStrip: [0] })]), kind: 'malformed' },
    { name: 'no bands', file: () => bytesOf([strips(4, 4, { SamplesPerPixel: [0] })]), kind: 'malformed' },
    { name: 'too many bands', file: () => bytesOf([strips(4, 4, { SamplesPerPixel: [65535] })]), kind: 'limit' },
    { name: 'no bits', file: () => bytesOf([strips(4, 4, { BitsPerSample: [0] })]), kind: 'malformed' },
    { name: '128 bits', file: () => bytesOf([strips(4, 4, { BitsPerSample: [128] })]), kind: 'unsupported' },
    { name: 'bits as text', file: () => bytesOf([strips(4, 4, { BitsPerSample: '8' })]), kind: 'malformed' },
    {
      name: 'a picture of 2^64 pixels',
      file: () => bytesOf([strips(4, 4, { ImageWidth: [2 ** 32 - 1], ImageLength: [2 ** 32 - 1] })]),
      kind: 'limit',
    },
    {
      name: 'tiles of 2^62 pixels',
      file: () => bytesOf([tiled(128, 128, { TileWidth: [2 ** 31], TileLength: [2 ** 31] })]),
      kind: 'limit',
    },
    { name: 'tiles without width', file: () => bytesOf([tiled(128, 128, { TileWidth: [0] })]), kind: 'malformed' },
    {
      name: 'tiles of one pixel',
      file: () => bytesOf([{ fields: tiledFields(60_000, 60_000, 1), segments: [] }]),
      kind: 'limit',
    },
    {
      name: 'fewer offsets than tiles',
      file: () => bytesOf([{ ...tiled(300, 200), segments: flatTiles(128, 128, 128) }]),
      kind: 'malformed',
    },
    {
      name: 'an unknown compression',
      file: () => bytesOf([strips(4, 4, { Compression: [4242] })]),
      kind: 'unsupported',
    },
    { name: 'an unknown predictor', file: () => bytesOf([strips(4, 4, { Predictor: [7] })]), kind: 'unsupported' },
    {
      name: 'a filter array',
      file: () => bytesOf([strips(4, 4, { PhotometricInterpretation: [32803] })]),
      kind: 'unsupported',
    },
    {
      name: 'a palette without colors',
      file: () => bytesOf([strips(4, 4, { PhotometricInterpretation: [3] })]),
      kind: 'malformed',
    },
    {
      name: 'RGB of one band',
      file: () => bytesOf([strips(4, 4, { PhotometricInterpretation: [2], SamplesPerPixel: [1] })]),
      kind: 'malformed',
    },
  ])('$name: $kind', async ({ file, kind }) => {
    await expect(openImage(memorySource(file()))).rejects.toMatchObject({ name: 'ImageError', kind });
  });

  it('refuses a tag with 2^32 - 1 values', async () => {
    const file = bytesOf([strips(4, 4, { ICCProfile: Uint8Array.of(1, 2, 3, 4, 5, 6) })]);
    const view = new DataView(file.buffer);
    const directory = view.getUint32(4, true);
    for (let i = 0; i < view.getUint16(directory, true); i++) {
      const field = directory + 2 + 12 * i;
      if (view.getUint16(field, true) === 34675) view.setUint32(field + 4, 2 ** 32 - 1, true);
    }
    await expect(openImage(memorySource(file))).rejects.toMatchObject({ kind: 'limit' });
  });

  it('refuses more directories than the limit', async () => {
    const source = memorySource(bytesOf(Array.from({ length: 6 }, () => strips(4, 4))));
    const limits = { ...DEFAULT_LIMITS, maxDirectories: 5 };
    await expect(openImage(source, { limits })).rejects.toMatchObject({ kind: 'limit' });
  });

  it('ends in a known error or opens, wherever the file is cut or one of its bytes is changed', async () => {
    const whole = bytesOf([tiled(300, 200, { ICCProfile: new Uint8Array(40) }), tiled(150, 100)], { segments: 'last' });
    const directoriesEnd = 700;
    const attempt = async (file: Uint8Array) => {
      try {
        const reader = await openImage(memorySource(file));
        await reader.readSegments([{ page: 0, level: 0, col: 0, row: 0 }]);
      } catch (error) {
        expect(error).toMatchObject({
          name: 'ImageError',
          kind: expect.stringMatching(/malformed|limit|unsupported|not-found/),
        });
      }
    };
    for (let end = 0; end < directoriesEnd; end += 3) await attempt(whole.subarray(0, end));
    for (let at = 0; at < directoriesEnd; at++) {
      for (const value of [0, 0xff]) {
        const changed = whole.slice();
        changed[at] = value;
        await attempt(changed);
      }
    }
  });
});
