import type {
  Jpeg2000Band,
  Jpeg2000Resolution,
  Jpeg2000Tile,
  Jpeg2000TileComponent,
  Jpeg2000Window,
} from '@sectile/core/jpeg2000';

/** A window whose tiles are numbers one after another: to clone some hundred small objects takes longer than all the rest. */
export interface PackedWindow extends Omit<Jpeg2000Window, 'tiles'> {
  readonly tiles: Float64Array;
}

const TILE_NUMBERS = 2;
const COMPONENT_NUMBERS = 9;
const RESOLUTION_NUMBERS = 5;
const BAND_NUMBERS = 6;

/** The same as numbers. The arrays are shared, not copied. */
export function packWindow(window: Jpeg2000Window): PackedWindow {
  const numbers = new Float64Array(countNumbers(window.tiles));
  let at = 0;
  for (const { componentTransform, components } of window.tiles) {
    numbers[at++] = Number(componentTransform);
    numbers[at++] = components.length;
    for (const component of components) at = packComponent(component, numbers, at);
  }
  return { ...window, tiles: numbers };
}

function packComponent(component: Jpeg2000TileComponent, numbers: Float64Array, at: number): number {
  numbers[at++] = component.x0;
  numbers[at++] = component.y0;
  numbers[at++] = component.width;
  numbers[at++] = component.height;
  numbers[at++] = component.decimation;
  numbers[at++] = Number(component.reversible);
  numbers[at++] = component.blockStyle;
  numbers[at++] = component.roiShift;
  numbers[at++] = component.resolutions.length;
  for (const { x0, y0, width, height, bands } of component.resolutions) {
    numbers[at++] = x0;
    numbers[at++] = y0;
    numbers[at++] = width;
    numbers[at++] = height;
    numbers[at++] = bands.length;
    for (const band of bands) {
      numbers[at++] = band.orientation;
      numbers[at++] = band.width;
      numbers[at++] = band.height;
      numbers[at++] = band.step;
      numbers[at++] = band.firstBlock;
      numbers[at++] = band.blockCount;
    }
  }
  return at;
}

function countNumbers(tiles: readonly Jpeg2000Tile[]): number {
  let count = 0;
  for (const { components } of tiles) {
    count += TILE_NUMBERS + COMPONENT_NUMBERS * components.length;
    for (const { resolutions } of components) {
      for (const { bands } of resolutions) count += RESOLUTION_NUMBERS + BAND_NUMBERS * bands.length;
    }
  }
  return count;
}

/** Undoes {@link packWindow}. */
export function unpackWindow(window: PackedWindow): Jpeg2000Window {
  const reader = new NumberReader(window.tiles);
  const tiles: Jpeg2000Tile[] = [];
  while (!reader.ended) {
    const componentTransform = reader.next() === 1;
    tiles.push({ componentTransform, components: listOf(reader.next(), () => unpackComponent(reader)) });
  }
  return { ...window, tiles };
}

function unpackComponent(reader: NumberReader): Jpeg2000TileComponent {
  return {
    x0: reader.next(),
    y0: reader.next(),
    width: reader.next(),
    height: reader.next(),
    decimation: reader.next(),
    reversible: reader.next() === 1,
    blockStyle: reader.next(),
    roiShift: reader.next(),
    resolutions: listOf(reader.next(), () => unpackResolution(reader)),
  };
}

function unpackResolution(reader: NumberReader): Jpeg2000Resolution {
  return {
    x0: reader.next(),
    y0: reader.next(),
    width: reader.next(),
    height: reader.next(),
    bands: listOf(reader.next(), () => unpackBand(reader)),
  };
}

function unpackBand(reader: NumberReader): Jpeg2000Band {
  return {
    orientation: reader.next() as Jpeg2000Band['orientation'],
    width: reader.next(),
    height: reader.next(),
    step: reader.next(),
    firstBlock: reader.next(),
    blockCount: reader.next(),
  };
}

function listOf<Entry>(count: number, read: () => Entry): Entry[] {
  const list: Entry[] = [];
  for (let i = 0; i < count; i++) list.push(read());
  return list;
}

class NumberReader {
  readonly #numbers: Float64Array;
  #at = 0;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
  }

  get ended(): boolean {
    return this.#at >= this.#numbers.length;
  }

  next(): number {
    return this.#numbers[this.#at++]!;
  }
}
