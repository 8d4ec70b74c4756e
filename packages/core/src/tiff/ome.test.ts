import { describe, expect, test } from 'vitest';
import { omePageNames } from './ome.ts';

const ome = (pixels: string, content = ''): string =>
  `<?xml version="1.0"?><OME xmlns="x"><Image ID="Image:0" Name="a"><Pixels ${pixels}>${content}</Pixels></Image></OME>`;

describe('pages of OME-TIFF', () => {
  test('run along the axes in dimension order', () => {
    const xml = ome('DimensionOrder="XYZCT" SizeC="2" SizeT="1" SizeX="9" SizeY="9" SizeZ="3"');
    expect(omePageNames(xml, 6)).toEqual(['C0 Z0', 'C0 Z1', 'C0 Z2', 'C1 Z0', 'C1 Z1', 'C1 Z2']);
    const byTime = ome('DimensionOrder="XYTCZ" SizeC="1" SizeT="2" SizeX="9" SizeY="9" SizeZ="2"');
    expect(omePageNames(byTime, 4)).toEqual(['Z0 T0', 'Z0 T1', 'Z1 T0', 'Z1 T1']);
  });

  test('have the names of their channels', () => {
    const channels = '<Channel ID="1" Name="DAPI &amp; co"/><Channel ID="2" Name=""><LightPath/></Channel>';
    expect(omePageNames(ome('SizeC="2" SizeT="1" SizeZ="1" DimensionOrder="XYCZT"', channels), 2)).toEqual([
      'DAPI & co',
      'C1',
    ]);
  });

  test('lie where TiffData says', () => {
    const data = [1, 0].map((z, page) => `<TiffData FirstZ="${z}" IFD="${page}" PlaneCount="1"/>`).join('');
    expect(omePageNames(ome('SizeC="1" SizeT="1" SizeZ="2" DimensionOrder="XYZCT"', data), 2)).toEqual(['Z1', 'Z0']);
  });

  test.each([
    ['another number of pages', ome('SizeC="2" SizeT="1" SizeZ="2"'), 3],
    ['an impossible order', ome('SizeC="2" SizeT="1" SizeZ="1" DimensionOrder="XYZZT"'), 2],
    ['no OME', '<Pixels SizeC="2"></Pixels>', 2],
    ['no XML', 'ImageJ=1.5', 2],
  ])('stay without names with %s', (_name, xml, pages) => {
    expect(omePageNames(xml, pages)).toBeUndefined();
  });
});
