import type { Decoder } from '@sectile/core/codec';
import { describe, expect, test } from 'vitest';
import { createCodecRegistry } from './registry.ts';

const decoder: Decoder = { kind: 'bytes', decode: (bytes) => bytes };

describe('a registry of codecs', () => {
  test('loads a codec once, for all who ask', async () => {
    let loads = 0;
    const load = async (): Promise<Decoder> => {
      loads++;
      return decoder;
    };
    const codecs = createCodecRegistry({ decoders: { lzw: load }, encoders: {} });
    expect(await Promise.all([codecs.decoder('lzw'), codecs.decoder('lzw')])).toEqual([decoder, decoder]);
    expect(codecs.decoder('lzw')).toBe(decoder);
    expect(loads).toBe(1);
  });

  test('tries again after a load that failed', async () => {
    let loads = 0;
    const load = async (): Promise<Decoder> => {
      if (++loads === 1) throw new Error('offline');
      return decoder;
    };
    const codecs = createCodecRegistry({ decoders: { lzw: load }, encoders: {} });
    await expect(codecs.decoder('lzw')).rejects.toThrow('offline');
    expect(await codecs.decoder('lzw')).toBe(decoder);
  });

  test('lists what it has and refuses the rest', () => {
    const codecs = createCodecRegistry({ decoders: { none: () => decoder }, encoders: {} });
    const encoder = {
      kind: 'encoder',
      mediaType: 'image/jpeg',
      accepts: { bands: [], dtypes: [] },
      encode: () => new Uint8Array(),
    } as const;
    const smaller = createCodecRegistry({ decoders: {}, encoders: { 'jpg-optimized': () => encoder } });
    expect(smaller.outputFormats).toEqual([]);
    expect(smaller.encoder('jpg-optimized')).toBe(encoder);
    expect(codecs.decoderIds).toEqual(['none']);
    expect(codecs.outputFormats).toEqual([]);
    expect(() => codecs.decoder('avif')).toThrow(expect.objectContaining({ kind: 'unsupported' }));
    expect(() => codecs.encoder('jpg')).toThrow(expect.objectContaining({ kind: 'unsupported' }));
  });
});
