import { PICTURE } from './picture.ts';

/** One kind of request, in the forms that the contenders understand. */
export interface Scenario {
  readonly name: string;
  readonly cached: boolean;
  readonly iip: readonly string[];
  readonly iiif: readonly string[];
}

const COLUMNS = PICTURE.width / PICTURE.tile;
const ROWS = PICTURE.height / PICTURE.tile;
/** Levels halve while a side exceeds one tile. */
const LEVELS = Math.ceil(Math.log2(Math.max(PICTURE.width, PICTURE.height) / PICTURE.tile)) + 1;

const tiles = (count: number): { col: number; row: number }[] =>
  Array.from({ length: count }, (_, index) => {
    const at = (index * 7919) % (COLUMNS * ROWS);
    return { col: at % COLUMNS, row: Math.floor(at / COLUMNS) };
  });

const iipTiles = (file: string, count: number, modifiers = ''): string[] =>
  tiles(count).map(({ col, row }) => `${file}${modifiers}&JTL=${LEVELS - 1},${row * COLUMNS + col}`);

const iiifTiles = (file: string, count: number): string[] =>
  tiles(count).map(({ col, row }) => `${file}/${col * 256},${row * 256},256,256/256,256/0/default.jpg`);

const exports = Array.from({ length: 64 }, (_, index) => {
  const x = ((index * 13) % 28) / 100;
  const y = ((index * 29) % 28) / 100;
  return { x, y, side: 0.7 };
});

/** All scenarios, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'stored JPEG tile', cached: false, iip: iipTiles('jpeg.tif', 560), iiif: iiifTiles('jpeg.tif', 560) },
  {
    name: 'deflate tile to JPEG',
    cached: false,
    iip: iipTiles('deflate.tif', 560),
    iiif: iiifTiles('deflate.tif', 560),
  },
  {
    name: '16-bit tile to JPEG',
    cached: false,
    iip: iipTiles('sixteen.tif', 560),
    iiif: iiifTiles('sixteen.tif', 560),
  },
  {
    name: '16-bit, contrast and gamma',
    cached: false,
    iip: iipTiles('sixteen.tif', 560, '&CNT=1.2&GAM=1.5'),
    iiif: [],
  },
  {
    name: 'region to 1000 px',
    cached: false,
    iip: exports.map(({ x, y, side }) => `deflate.tif&RGN=${x},${y},${side},${side}&WID=1000&CVT=jpeg`),
    iiif: exports.map(
      ({ x, y, side }) => `deflate.tif/pct:${x * 100},${y * 100},${side * 100},${side * 100}/1000,/0/default.jpg`,
    ),
  },
  { name: 'cached tile', cached: true, iip: iipTiles('deflate.tif', 64), iiif: [] },
  {
    name: 'descriptor',
    cached: true,
    iip: ['jpeg.tif&OBJ=IIP,1.0&OBJ=Max-size&OBJ=Tile-size&OBJ=Resolution-number'],
    iiif: ['jpeg.tif/info.json'],
  },
];
