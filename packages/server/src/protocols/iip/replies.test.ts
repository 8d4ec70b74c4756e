import { describe, expect, it } from 'vitest';
import { contentDisposition, exportFileName } from './file-name.ts';
import { formatSignificant, leadingInteger, leadingNumber } from './numbers.ts';
import { profileJson, reflectanceOf, spectraXml } from './samples.ts';
import { tileStreamOrder, tileStreamPart } from './tile-stream.ts';

describe('formatSignificant', () => {
  // Expected values: printf '%.9g' and '%.6g' of GNU coreutils.
  it.each([
    [0, 9, '0'],
    [255, 9, '255'],
    [0.1, 9, '0.1'],
    [1 / 3, 9, '0.333333333'],
    [123456789, 9, '123456789'],
    [1234567890, 9, '1.23456789e+09'],
    [4294967295, 9, '4.2949673e+09'],
    [0.0001, 9, '0.0001'],
    [0.00001, 9, '1e-05'],
    [-2.5, 9, '-2.5'],
    [1e100, 9, '1e+100'],
    [999999.5, 6, '1e+06'],
    [100000, 6, '100000'],
    [4165770000, 6, '4.16577e+09'],
  ])('writes %d with %i digits as %s', (value, digits, text) => {
    expect(formatSignificant(value, digits)).toBe(text);
  });
});

describe('leading numbers', () => {
  it.each([
    ['12', 12, 12],
    ['12.9', 12, 12.9],
    ['-3x', -3, -3],
    [' +4', 4, 4],
    ['.5', 0, 0.5],
    ['1e3', 1, 1000],
    ['1e', 1, 1],
    ['x1', 0, 0],
    ['', 0, 0],
    ['0x10', 0, 0],
  ])('of "%s" are %d and %d', (text, integer, number) => {
    expect(leadingInteger(text)).toBe(integer);
    expect(leadingNumber(text)).toBe(number);
  });
});

describe('tileStreamOrder', () => {
  it.each([
    [1, 7, 5, [1, 6, 2, 7]],
    [4, 6, 5, [1, 6, 2, 7, 3, 8, 4, 9]],
    [3, 3, 5, [3]],
    [0, 2, 1, [0, 1, 2]],
  ])('goes from %i to %i in %i columns column by column', (firstTile, lastTile, columns, order) => {
    expect([...tileStreamOrder({ firstTile, lastTile }, columns)]).toEqual(order);
  });
});

describe('tileStreamPart', () => {
  it('frames the data, counting the eight bytes of types', () => {
    const part = tileStreamPart({ iipResolution: 0, tile: 0, encoding: 'jpeg' }, new Uint8Array(435).fill(0x41));
    const label = 'Tile,0,0,0/443:';
    expect(new TextDecoder().decode(part.subarray(0, label.length))).toBe(label);
    expect([...part.subarray(label.length, label.length + 9)]).toEqual([2, 0, 0, 0, 0, 0x11, 0, 0, 0x41]);
    expect([...part.subarray(-3)]).toEqual([0x41, 0x0d, 0x0a]);
    expect(part).toHaveLength(label.length + 443 + 2);
  });

  it.each([
    ['raw-16', 3],
    ['raw', 0],
  ] as const)('marks %s with %i', (encoding, type) => {
    const part = tileStreamPart({ iipResolution: 12, tile: 345, encoding }, new Uint8Array([7]));
    expect(part['Tile,12,345,0/9:'.length]).toBe(type);
  });
});

describe('profileJson', () => {
  const view = { name: 'a', scale: 1, isFloat: false };

  it('writes one view as a list', () => {
    expect(profileJson([{ ...view, samples: new Uint16Array([1, 65535]) }])).toBe('{\n\t"profile": [1,65535]\n}');
  });

  it('writes several views by name', () => {
    const views = [
      { ...view, samples: [1, 2] },
      { ...view, name: '4"0', samples: [3] },
    ];
    expect(profileJson(views)).toBe('{\n\t"profile": {\n\t\t"a": [1,2],\n\t\t"4\\"0": [3]\n\t}\n}');
  });

  it('writes large integers in full, and floats with nine decimals or more', () => {
    expect(profileJson([{ ...view, samples: new Uint32Array([4165770123]) }])).toContain('[4165770123]');
    const samples = new Float32Array([0.033444814, 1, -2.5e-7, 0, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(profileJson([{ ...view, isFloat: true, samples }])).toContain(
      '[0.033444814,1.000000000,-2.49999999e-7,0.000000000,null,null]',
    );
  });

  it('scales', () => {
    expect(profileJson([{ ...view, scale: 0.1, samples: [3, 10] }])).toContain('[0.3,1]');
  });

  it('is JSON without any view', () => {
    expect(JSON.parse(profileJson([]))).toEqual({ profile: {} });
  });
});

describe('spectraXml', () => {
  it('writes one point a view', () => {
    expect(
      spectraXml([
        { name: '450', reflectance: 0.5 },
        { name: 'a<b>&"\u0001', reflectance: 1 / 3 },
      ]),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<spectra>\n' +
        '\t<point>\n\t\t<wavelength>450</wavelength>\n\t\t<reflectance>0.500000</reflectance>\n\t</point>\n' +
        '\t<point>\n\t\t<wavelength>a&lt;b&gt;&amp;&quot;?</wavelength>\n\t\t<reflectance>0.333333</reflectance>\n\t</point>\n' +
        '</spectra>',
    );
  });

  it.each([
    [255, 8, false, 1],
    [255, 4, false, 1],
    [65535, 16, false, 1],
    [4095, 12, false, 1],
    [70000, 32, false, 70000],
    [0.25, 32, true, 0.25],
    [3, 16, true, 3],
  ])('gives sample %d of %i bits (float: %s) the reflectance %d', (sample, bits, isFloat, reflectance) => {
    expect(reflectanceOf(sample, bits, isFloat)).toBe(reflectance);
  });
});

describe('contentDisposition', () => {
  it.each([
    ['dir/a.b.tif', 'a.b_400x300.jpg'],
    ['a', 'a_400x300.jpg'],
    ['.hidden', '.hidden_400x300.jpg'],
  ])('names %s', (image, name) => {
    expect(exportFileName(image, { width: 400, height: 300 }, 'jpg')).toBe(name);
  });

  it.each([
    ['a b.jpg', 'inline; filename="a b.jpg"'],
    ['ü"\\\r\n.jpg', 'inline; filename="_____.jpg"; filename*=UTF-8\'\'%C3%BC%22%5C%0D%0A.jpg'],
    ["é'(*)", "inline; filename=\"_'(*)\"; filename*=UTF-8''%C3%A9%27%28%2A%29"],
  ])('quotes %j', (name, header) => {
    expect(contentDisposition('inline', name)).toBe(header);
  });
});
