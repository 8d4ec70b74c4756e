import type { BandRange, ImageInfo } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import { whiteOf } from '../processing/stage.ts';
import type { StageStep } from '../processing/stage-step.ts';
import type { EncoderFacts } from './plan-options.ts';
import type { RenderRequest } from './request.ts';

/** What the bands mean at one point of a chain of stages. Alpha, where there is any, is the last band. */
export interface BandState {
  readonly colors: number;
  readonly alpha: 'none' | 'associated' | 'unassociated';
  readonly dtype: DType;
  /** What is shown as black and white, for each band. */
  readonly ranges: readonly BandRange[];
}

/** A chain under construction: its steps so far, and what they deliver. */
export interface StageChain {
  readonly steps: readonly StageStep[];
  readonly state: BandState;
}

/** The chain with one more step. */
export function append(chain: StageChain, step: StageStep, change: Partial<BandState> = {}): StageChain {
  return { steps: [...chain.steps, step], state: { ...chain.state, ...change } };
}

/** True when the answer has no colors. */
export function isGray(request: RenderRequest): boolean {
  return request.quality === 'gray' || request.quality === 'bitonal';
}

/** Begins a chain: keeps color and alpha, drops extra samples unless the format or a matrix takes all bands. */
export function chooseBands(request: RenderRequest, info: ImageInfo, facts: EncoderFacts): StageChain {
  const colorBands = modelBands(info);
  const alphaAt = info.extraSamples.findIndex((extra) => extra !== 'unspecified');
  const alphaBand = alphaAt < 0 ? -1 : info.bands - info.extraSamples.length + alphaAt;
  const twisted = request.adjustments.some(({ kind }) => kind === 'color-twist');
  const takesAll = twisted || (facts.bands === undefined && !isGray(request));
  const kept: number[] = [];
  for (let band = 0; band < info.bands; band++) {
    if (band !== alphaBand && (takesAll || band < colorBands)) kept.push(band);
  }
  const colors = kept.length;
  if (alphaBand >= 0) kept.push(alphaBand);
  const state: BandState = {
    colors,
    alpha: alphaBand < 0 ? 'none' : info.extraSamples[alphaAt] === 'associated-alpha' ? 'associated' : 'unassociated',
    dtype: info.dtype,
    ranges: kept.map((band) => info.ranges[band] ?? { minimum: 0, maximum: 1 }),
  };
  const unchanged = kept.length === info.bands && kept.every((band, place) => band === place);
  return { steps: unchanged ? [] : [{ kind: 'select-bands', bands: kept }], state };
}

function modelBands(info: ImageInfo): number {
  switch (info.color) {
    case 'grayscale':
      return 1;
    case 'rgb':
    case 'cielab':
    case 'icclab':
      return 3;
    case 'cmyk':
      return 4;
    case 'multiband':
      return displayedColors(info.bands - info.extraSamples.length);
  }
}

/** Gray or red, green and blue: what a screen shows of so many bands. */
function displayedColors(bands: number): 1 | 3 {
  return bands >= 3 ? 3 : 1;
}

/** Cuts the color bands down to one or three where the encoder or the wanted grays ask for that. */
export function fitColors(chain: StageChain, request: RenderRequest, facts: EncoderFacts): StageChain {
  const { colors, alpha } = chain.state;
  const fitting = facts.bands === undefined && !isGray(request) ? colors : displayedColors(colors);
  if (fitting === colors) return chain;
  const bands = Array.from({ length: fitting }, (_, band) => band);
  if (alpha !== 'none') bands.push(colors);
  return append(chain, { kind: 'select-bands', bands }, { colors: fitting });
}

/** Leaves the last band as unassociated alpha where the format has alpha, else lays the picture on the background. */
export function fitAlpha(
  chain: StageChain,
  facts: EncoderFacts,
  background: readonly [number, number, number],
): StageChain {
  const { alpha, colors, dtype } = chain.state;
  if (alpha === 'none') return chain;
  if (facts.alphaBands.length === 0) {
    return append(
      chain,
      { kind: 'flatten', background: inSampleUnits(background, colors, dtype), associated: alpha === 'associated' },
      { alpha: 'none' },
    );
  }
  return alpha === 'associated' ? append(chain, { kind: 'unpremultiply' }, { alpha: 'unassociated' }) : chain;
}

/** Repeats gray as red, green and blue for formats that know no gray. */
export function expandGray(chain: StageChain, facts: EncoderFacts): StageChain {
  const { colors, alpha } = chain.state;
  const bands = colors + (alpha === 'none' ? 0 : 1);
  if (colors !== 1 || facts.bands === undefined || facts.bands.includes(bands)) return chain;
  return append(chain, { kind: 'select-bands', bands: alpha === 'none' ? [0, 0, 0] : [0, 0, 0, 1] }, { colors: 3 });
}

/** A background color as samples of so many color bands: red, green and blue, or its brightness for each. */
export function inSampleUnits(
  [red, green, blue]: readonly [number, number, number],
  colors: number,
  dtype: DType,
): readonly number[] {
  const scale = whiteOf('flatten', dtype) / 255;
  const round = (value: number): number => (dtype === 'float32' ? value * scale : Math.round(value * scale));
  if (colors === 3) return [round(red), round(green), round(blue)];
  const brightness = round(0.299 * red + 0.587 * green + 0.114 * blue);
  return new Array<number>(colors).fill(brightness);
}
