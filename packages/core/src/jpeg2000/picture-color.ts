import { asciiOf } from '../bytes/text.ts';
import type { Jpeg2000BandSource, Jpeg2000Color, Jpeg2000Lab } from '../codec/jpeg2000-color.ts';
import { ImageError } from '../errors.ts';
import type { ColorModel, ExtraSample } from '../metadata/image-info.ts';
import { bandMatrix, SYCC, VIDEO_BT_601, VIDEO_BT_709, VIDEO_GRAY } from './band-matrix.ts';
import type { ImageSize } from './image-size.ts';
import type { ColorSpecification, Jp2Header } from './jp2-header.ts';

/** What a picture's bands mean, and how they come from components. */
export interface PictureColor {
  readonly color: Jpeg2000Color;
  readonly model: ColorModel;
  /** The color space by its name in the standard, for people. */
  readonly spaceName: string;
  readonly extraSamples: readonly ExtraSample[];
}

interface Channel extends Jpeg2000BandSource {
  readonly bits: number;
  readonly signed: boolean;
}

interface ColorSpace {
  readonly name: string;
  readonly model: ColorModel;
  readonly bands: number;
  readonly convert: Jpeg2000Color['convert'];
}

/** Enumerated color spaces of T.800 table I.10 and T.801 table M.25. */
const SPACES: Readonly<Record<number, ColorSpace>> = {
  0: { name: 'bi-level', model: 'grayscale', bands: 1, convert: 'invert' },
  // As video has them: by BT.709 in its range, by BT.601 in the full range and in that of video.
  1: { name: 'YCbCr(1)', model: 'rgb', bands: 3, convert: VIDEO_BT_709 },
  3: { name: 'YCbCr(2)', model: 'rgb', bands: 3, convert: SYCC },
  4: { name: 'YCbCr(3)', model: 'rgb', bands: 3, convert: VIDEO_BT_601 },
  12: { name: 'CMYK', model: 'cmyk', bands: 4, convert: 'none' },
  14: { name: 'CIELab', model: 'cielab', bands: 3, convert: 'none' },
  15: { name: 'bi-level(2)', model: 'grayscale', bands: 1, convert: 'none' },
  16: { name: 'sRGB', model: 'rgb', bands: 3, convert: 'none' },
  17: { name: 'greyscale', model: 'grayscale', bands: 1, convert: 'none' },
  18: { name: 'sYCC', model: 'rgb', bands: 3, convert: SYCC },
  20: { name: 'e-sRGB', model: 'rgb', bands: 3, convert: 'esrgb' },
  21: { name: 'ROMM-RGB', model: 'rgb', bands: 3, convert: 'none' },
  24: { name: 'e-sYCC', model: 'rgb', bands: 3, convert: SYCC },
};

/** Data color spaces of ICC profiles (ICC.1 table 19). */
const ICC_SPACES: Readonly<Record<string, ColorSpace>> = {
  GRAY: { name: 'ICC gray', model: 'grayscale', bands: 1, convert: 'none' },
  'RGB ': { name: 'ICC RGB', model: 'rgb', bands: 3, convert: 'none' },
  CMYK: { name: 'ICC CMYK', model: 'cmyk', bands: 4, convert: 'none' },
  'Lab ': { name: 'ICC Lab', model: 'icclab', bands: 3, convert: 'none' },
};

/**
 * Works out the bands of a picture.
 *
 * @throws ImageError `malformed` for a mapping that names what is not there, `unsupported` for more than 31 bits.
 */
export function pictureColor(size: ImageSize, header: Jp2Header): PictureColor {
  const channels = channelsOf(size, header);
  const types = new Map(header.channels?.map(({ channel, type }) => [channel, type]));
  const isColor = (index: number): boolean => (types.get(index) ?? 0) === 0;
  const colorCount = channels.filter((_, index) => isColor(index)).length;
  const space = colorSpaceOf(header.colors, colorCount) ?? guessSpace(size, colorCount);
  const order = bandOrder(channels.length, header, space.bands);
  const bands = order.map((index) => channels[index]!);
  const stored = bands.reduce((most, band) => Math.max(most, band.bits), 1);
  // L*a*b* is handed out in 8 or 16 bits, as TIFF has it.
  const bits = space.model !== 'cielab' ? stored : stored <= 8 ? 8 : 16;
  if (bits > 31) throw new ImageError('unsupported', `Samples of ${bits} bits`);
  const convert = space.model === 'cielab' ? labOf(header.colors, bands, bits) : space.convert;
  return {
    color: {
      palette: (header.palette?.columns ?? []).map(({ bits: columnBits, values }) => ({ bits: columnBits, values })),
      bands: bands.map(({ component, paletteColumn, bits: bandBits, signed }) => ({
        component,
        paletteColumn,
        bits: bandBits,
        signed,
      })),
      convert,
      bits,
      signed: convert === 'none' && bands.every(({ signed }) => signed),
    },
    model: space.model,
    spaceName: space.name,
    extraSamples: order.slice(space.bands).map((index): ExtraSample => {
      const type = types.get(index);
      return type === 1 ? 'unassociated-alpha' : type === 2 ? 'associated-alpha' : 'unspecified';
    }),
  };
}

/** Components, or what the palette makes of them (T.800 I.5.3.5). */
function channelsOf(size: ImageSize, { palette, mapping }: Jp2Header): Channel[] {
  if (!palette) return size.components.map(({ bits, signed }, component) => ({ component, bits, signed }));
  // A palette without a mapping applies to the only component.
  const channels = mapping ?? palette.columns.map((_, column) => ({ component: 0, column }));
  return channels.map(({ component, column }): Channel => {
    const source = size.components[component];
    const entry = column === undefined ? source : palette.columns[column];
    if (!source || !entry) throw new ImageError('malformed', 'A component mapping names what is not there');
    return { component, paletteColumn: column, bits: entry.bits, signed: entry.signed };
  });
}

function colorSpaceOf(colors: readonly ColorSpecification[], colorCount: number): ColorSpace | undefined {
  for (const color of colors) {
    const space = namedSpace(color, colorCount);
    if (space && space.bands <= colorCount) return space;
  }
  return undefined;
}

function namedSpace(color: ColorSpecification, colorCount: number): ColorSpace | undefined {
  if (color.kind === 'enumerated') return SPACES[color.space];
  if (color.kind === 'icc') return ICC_SPACES[asciiOf(color.profile.subarray(16, 20))];
  const { matrix, fullRange } = color;
  if (colorCount < 3) return fullRange ? SPACES[17] : VIDEO_GRAY_SPACE;
  if (fullRange && matrix === 0) return SPACES[16];
  if (fullRange && (matrix === 5 || matrix === 6)) return SPACES[18];
  const known = bandMatrix(matrix, fullRange);
  return known && { name: known.name, model: 'rgb', bands: 3, convert: known.convert };
}

const VIDEO_GRAY_SPACE: ColorSpace = {
  name: 'greyscale, video range',
  model: 'grayscale',
  bands: 1,
  convert: VIDEO_GRAY,
};

/** Codestreams without a file say nothing; three components with coarser second and third ones are YCC. */
function guessSpace({ components }: ImageSize, colorCount: number): ColorSpace {
  if (colorCount <= 2) return SPACES[17]!;
  const [first, second, third] = components;
  const coarser = first && second && third && second.dx * second.dy > first.dx * first.dy && third.dx === second.dx;
  if (colorCount === 3 && coarser) return SPACES[18]!;
  if (colorCount <= 4) return SPACES[16]!;
  return { name: 'unknown', model: 'multiband', bands: colorCount, convert: 'none' };
}

/** Channels in the order of bands: colors by their association, then opacity, then the rest. */
function bandOrder(channelCount: number, { channels }: Jp2Header, colorBands: number): number[] {
  const all = [...Array(channelCount).keys()];
  if (!channels) return all;
  const rank = new Map(
    channels.map(({ channel, type, association }) => {
      const isColor = type === 0 && association >= 1 && association <= colorBands;
      return [channel, isColor ? association - 1 : type === 1 || type === 2 ? 65536 : 131072] as const;
    }),
  );
  const rankOf = (channel: number): number => rank.get(channel) ?? channel;
  return all.sort((a, b) => rankOf(a) - rankOf(b));
}

/** Range and offset parameters, or the defaults of T.801 M.11.7.4.1; offsets for samples stretched to `bits`. */
function labOf(colors: readonly ColorSpecification[], bands: readonly Channel[], bits: number): Jpeg2000Lab {
  const parameters = colors.find((color) => color.kind === 'enumerated' && color.space === 14);
  const given = parameters?.kind === 'enumerated' ? parameters.parameters : [];
  const [rl, ol, ra, oa, rb, ob] = given;
  const offset = (band: number, stored: number): number => (stored * (2 ** bits - 1)) / (2 ** bands[band]!.bits - 1);
  return {
    kind: 'cielab',
    range: [rl ?? 100, ra ?? 170, rb ?? 200],
    offset: [
      offset(0, ol ?? 0),
      offset(1, oa ?? 2 ** (bands[1]!.bits - 1)),
      offset(2, ob ?? 3 * 2 ** (bands[2]!.bits - 3)),
    ],
  };
}
