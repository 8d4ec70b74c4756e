import type { FieldTypeName } from './field-types.ts';

/** What the specification says of one tag. */
export interface TagDefinition {
  readonly id: number;
  /** Types that the specification allows. Others of the same family are read all the same. */
  readonly types: readonly FieldTypeName[];
  /** Values that are meaningful; more are not read. `any`: as many as there are, within `Limits.maxTagBytes`. */
  readonly count: number | 'any';
  /** When it is read: with every picture, with the first one only, or entry by entry. */
  readonly load: 'picture' | 'description' | 'entries';
  /** Value of a missing field, where the specification has one. */
  readonly default?: readonly number[];
}

/**
 * The tags that we read: TIFF 6.0 (sections 8 and 9, part 2 and 3), its supplements, and registered private ones.
 * Names are those of the specifications.
 */
export const TAGS = {
  NewSubfileType: { id: 254, types: ['LONG'], count: 1, load: 'picture', default: [0] },
  SubfileType: { id: 255, types: ['SHORT'], count: 1, load: 'picture' },
  ImageWidth: { id: 256, types: ['SHORT', 'LONG', 'LONG8'], count: 1, load: 'picture' },
  ImageLength: { id: 257, types: ['SHORT', 'LONG', 'LONG8'], count: 1, load: 'picture' },
  BitsPerSample: { id: 258, types: ['SHORT'], count: 'any', load: 'picture', default: [1] },
  Compression: { id: 259, types: ['SHORT'], count: 1, load: 'picture', default: [1] },
  PhotometricInterpretation: { id: 262, types: ['SHORT'], count: 1, load: 'picture' },
  FillOrder: { id: 266, types: ['SHORT'], count: 1, load: 'picture', default: [1] },
  DocumentName: { id: 269, types: ['ASCII'], count: 'any', load: 'description' },
  ImageDescription: { id: 270, types: ['ASCII'], count: 'any', load: 'description' },
  Make: { id: 271, types: ['ASCII'], count: 'any', load: 'description' },
  Model: { id: 272, types: ['ASCII'], count: 'any', load: 'description' },
  StripOffsets: { id: 273, types: ['LONG', 'SHORT', 'LONG8'], count: 'any', load: 'entries' },
  Orientation: { id: 274, types: ['SHORT'], count: 1, load: 'description', default: [1] },
  SamplesPerPixel: { id: 277, types: ['SHORT'], count: 1, load: 'picture', default: [1] },
  RowsPerStrip: { id: 278, types: ['SHORT', 'LONG', 'LONG8'], count: 1, load: 'picture', default: [0xffffffff] },
  StripByteCounts: { id: 279, types: ['LONG', 'SHORT', 'LONG8'], count: 'any', load: 'entries' },
  XResolution: { id: 282, types: ['RATIONAL'], count: 1, load: 'description' },
  YResolution: { id: 283, types: ['RATIONAL'], count: 1, load: 'description' },
  PlanarConfiguration: { id: 284, types: ['SHORT'], count: 1, load: 'picture', default: [1] },
  PageName: { id: 285, types: ['ASCII'], count: 'any', load: 'description' },
  T4Options: { id: 292, types: ['LONG'], count: 1, load: 'picture', default: [0] },
  T6Options: { id: 293, types: ['LONG'], count: 1, load: 'picture', default: [0] },
  ResolutionUnit: { id: 296, types: ['SHORT'], count: 1, load: 'description', default: [2] },
  Software: { id: 305, types: ['ASCII'], count: 'any', load: 'description' },
  DateTime: { id: 306, types: ['ASCII'], count: 'any', load: 'description' },
  Artist: { id: 315, types: ['ASCII'], count: 'any', load: 'description' },
  Predictor: { id: 317, types: ['SHORT'], count: 1, load: 'picture', default: [1] },
  ColorMap: { id: 320, types: ['SHORT'], count: 'any', load: 'picture' },
  TileWidth: { id: 322, types: ['SHORT', 'LONG', 'LONG8'], count: 1, load: 'picture' },
  TileLength: { id: 323, types: ['SHORT', 'LONG', 'LONG8'], count: 1, load: 'picture' },
  TileOffsets: { id: 324, types: ['LONG', 'SHORT', 'LONG8'], count: 'any', load: 'entries' },
  TileByteCounts: { id: 325, types: ['LONG', 'SHORT', 'LONG8'], count: 'any', load: 'entries' },
  SubIFDs: { id: 330, types: ['LONG', 'IFD', 'LONG8', 'IFD8'], count: 'any', load: 'picture' },
  InkSet: { id: 332, types: ['SHORT'], count: 1, load: 'picture', default: [1] },
  ExtraSamples: { id: 338, types: ['SHORT', 'BYTE'], count: 'any', load: 'picture' },
  SampleFormat: { id: 339, types: ['SHORT'], count: 'any', load: 'picture', default: [1] },
  SMinSampleValue: {
    id: 340,
    types: ['BYTE', 'SHORT', 'LONG', 'SBYTE', 'SSHORT', 'SLONG', 'FLOAT', 'DOUBLE'],
    count: 'any',
    load: 'description',
  },
  SMaxSampleValue: {
    id: 341,
    types: ['BYTE', 'SHORT', 'LONG', 'SBYTE', 'SSHORT', 'SLONG', 'FLOAT', 'DOUBLE'],
    count: 'any',
    load: 'description',
  },
  JPEGTables: { id: 347, types: ['UNDEFINED', 'BYTE'], count: 'any', load: 'picture' },
  Decode: { id: 433, types: ['SRATIONAL'], count: 6, load: 'picture' },
  JPEGProc: { id: 512, types: ['SHORT'], count: 1, load: 'picture' },
  JPEGInterchangeFormat: { id: 513, types: ['LONG', 'SHORT', 'LONG8'], count: 1, load: 'picture' },
  JPEGInterchangeFormatLength: { id: 514, types: ['LONG', 'SHORT', 'LONG8'], count: 1, load: 'picture' },
  JPEGRestartInterval: { id: 515, types: ['SHORT'], count: 1, load: 'picture', default: [0] },
  JPEGQTables: { id: 519, types: ['LONG', 'SHORT', 'LONG8'], count: 4, load: 'picture' },
  JPEGDCTables: { id: 520, types: ['LONG', 'SHORT', 'LONG8'], count: 4, load: 'picture' },
  JPEGACTables: { id: 521, types: ['LONG', 'SHORT', 'LONG8'], count: 4, load: 'picture' },
  YCbCrCoefficients: { id: 529, types: ['RATIONAL'], count: 3, load: 'picture', default: [0.299, 0.587, 0.114] },
  YCbCrSubSampling: { id: 530, types: ['SHORT'], count: 2, load: 'picture', default: [2, 2] },
  ReferenceBlackWhite: { id: 532, types: ['RATIONAL', 'LONG'], count: 6, load: 'picture' },
  XMP: { id: 700, types: ['UNDEFINED', 'BYTE'], count: 'any', load: 'description' },
  Copyright: { id: 33432, types: ['ASCII'], count: 'any', load: 'description' },
  ExifIFD: { id: 34665, types: ['LONG', 'IFD', 'LONG8', 'IFD8'], count: 1, load: 'description' },
  ICCProfile: { id: 34675, types: ['UNDEFINED', 'BYTE'], count: 'any', load: 'description' },
  GPSIFD: { id: 34853, types: ['LONG', 'IFD', 'LONG8', 'IFD8'], count: 1, load: 'description' },
  SToNits: { id: 37439, types: ['DOUBLE'], count: 1, load: 'description', default: [1] },
  GdalNoData: { id: 42113, types: ['ASCII'], count: 'any', load: 'description' },
  LercParameters: { id: 50674, types: ['LONG'], count: 'any', load: 'picture' },
} as const;

/** Name of a tag that we read. */
export type TagName = keyof typeof TAGS;

/** The same table with one type for all rows, which also holds the rows to it. */
const DEFINITIONS: Readonly<Record<TagName, TagDefinition>> = TAGS;

/** Names of all tags with a `load` of this kind. */
export function tagsLoadedWith(load: TagDefinition['load']): readonly TagName[] {
  return (Object.keys(TAGS) as TagName[]).filter((name) => DEFINITIONS[name].load === load);
}

/** What the specification says of a tag. */
export function definitionOf(name: TagName): TagDefinition {
  return DEFINITIONS[name];
}
