import { describe, expect, it } from 'vitest';
import { matchUriMap, parseUriMap } from './uri-map.ts';

describe('parseUriMap', () => {
  it.each([
    ['iiif=>IIIF', [{ prefix: 'iiif', protocol: 'iiif' }]],
    ['/iip/ => IIP', [{ prefix: 'iip', protocol: 'iip' }]],
    ['=>DeepZoom', [{ prefix: '', protocol: 'deepzoom' }]],
    ['', []],
    [
      'a/b=>zoomify, iiif=>IIIF;c=>IIP',
      [
        { prefix: 'a/b', protocol: 'zoomify' },
        { prefix: 'iiif', protocol: 'iiif' },
        { prefix: 'c', protocol: 'iip' },
      ],
    ],
  ])('reads "%s"', (text, mappings) => {
    expect(parseUriMap(text)).toEqual(mappings);
  });

  it.each(['iiif', 'iiif=>', 'iiif=>FTP', 'a=>IIP=>IIIF', 'iiif=IIIF'])('refuses "%s"', (text) => {
    expect(() => parseUriMap(text)).toThrow(expect.objectContaining({ kind: 'request' }));
  });
});

describe('matchUriMap', () => {
  const mappings = parseUriMap('iiif=>IIIF, iiif/old=>IIP');

  it.each([
    ['/iiif/a/info.json', { protocol: 'iiif', path: 'a/info.json' }],
    ['/iiif/', { protocol: 'iiif', path: '' }],
    ['/iiif', { protocol: 'iiif', path: '' }],
    ['/iiif/old/a.tif&CVT=jpeg', { protocol: 'iip', path: 'a.tif&CVT=jpeg' }],
    ['/iiif/older', { protocol: 'iiif', path: 'older' }],
    ['/iiifX/a', undefined],
    ['/x/iiif/a', undefined],
    ['/', undefined],
  ])('matches %s at whole segments, the longest prefix first', (path, match) => {
    expect(matchUriMap(mappings, path)).toEqual(match);
  });

  it('lets an empty prefix match everything that nothing else does', () => {
    const all = parseUriMap('=>DeepZoom,iiif=>IIIF');
    expect(matchUriMap(all, '/a.dzi')).toEqual({ protocol: 'deepzoom', path: 'a.dzi' });
    expect(matchUriMap(all, '/iiif/a')).toEqual({ protocol: 'iiif', path: 'a' });
  });
});
