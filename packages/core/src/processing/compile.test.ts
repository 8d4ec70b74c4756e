import { describe, expect, test } from 'vitest';
import { compileStages } from './compile.ts';
import { convolutionStep } from './convolution-kernels.ts';
import type { PixelShape } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { borderOf, totalBorder } from './stage-table.ts';

const NORMALIZE: StageStep = { kind: 'normalize', ranges: [{ minimum: 0, maximum: 65535 }] };
const GAMMA: StageStep = { kind: 'gamma', exponent: 2 };
const MAP: StageStep = { kind: 'colormap', name: 'viridis' };
const QUANTIZE: StageStep = { kind: 'quantize', bits: 8 };
const SHARPEN = convolutionStep('sharpen');
const GRAY: PixelShape = { width: 4, height: 4, bands: 1, dtype: 'uint16' };

function kinds(steps: readonly StageStep[], input: PixelShape = GRAY): string[] {
  return compileStages(steps, input).map((pass) => pass.kind);
}

describe('compileStages', () => {
  test('tone steps from integers to integers become one lookup', () => {
    expect(kinds([NORMALIZE, GAMMA, MAP, { kind: 'contrast', gain: 2 }, QUANTIZE])).toEqual(['tables']);
  });

  test('a lookup starts the stream where floats are needed', () => {
    const [pass, ...others] = compileStages([NORMALIZE, GAMMA, SHARPEN, QUANTIZE], GRAY);
    expect(others).toEqual([]);
    expect(pass).toMatchObject({
      kind: 'stream',
      stream: { tables: { dtype: 'float32' }, output: { dtype: 'uint8' } },
    });
    expect(pass?.kind === 'stream' && pass.stream.stages).toHaveLength(2);
  });

  test('floats are one stream, whatever their neighborhoods', () => {
    const float: PixelShape = { ...GRAY, dtype: 'float32' };
    expect(kinds([NORMALIZE, GAMMA, SHARPEN, GAMMA, SHARPEN, MAP, QUANTIZE], float)).toEqual(['stream']);
  });

  test('geometry divides passes', () => {
    const turn: StageStep = { kind: 'turn', degrees: 90 };
    expect(kinds([NORMALIZE, QUANTIZE, turn, { kind: 'select-bands', bands: [0, 0, 0] }])).toEqual([
      'tables',
      'buffer',
      'tables',
    ]);
  });

  test('bands of one range share a table, alpha has its own', () => {
    const range = { minimum: 0, maximum: 255 };
    const steps: StageStep[] = [
      { kind: 'normalize', ranges: [range, range, range, range] },
      { ...GAMMA, colorBands: 3 },
      QUANTIZE,
    ];
    const [pass] = compileStages(steps, { ...GRAY, bands: 4, dtype: 'uint8' });
    const tables = pass?.kind === 'tables' ? pass.tables.tables : [];
    expect(tables).toHaveLength(4);
    expect(new Set(tables).size).toBe(2);
    expect(tables[0]).toBe(tables[2]);
  });

  test('the next tile gets the same tables', () => {
    const steps = [NORMALIZE, GAMMA, QUANTIZE];
    const [first, second] = [compileStages(steps, GRAY), compileStages(structuredClone(steps), GRAY)];
    const tablesOf = ([pass]: typeof first): unknown => (pass?.kind === 'tables' ? pass.tables : undefined);
    expect(tablesOf(first)).toBeDefined();
    expect(tablesOf(second)).toBe(tablesOf(first));
  });

  test('tables that were not used for long are given up', () => {
    const tablesOf = (exponent: number): unknown => {
      const [pass] = compileStages([NORMALIZE, { kind: 'gamma', exponent }, QUANTIZE], GRAY);
      return pass?.kind === 'tables' ? pass.tables : undefined;
    };
    const [first, used] = [tablesOf(2), tablesOf(3)];
    for (let i = 0; i < 150; i++) {
      tablesOf(4 + i);
      expect(tablesOf(3)).toBe(used);
    }
    expect(tablesOf(2)).not.toBe(first);
    expect(tablesOf(2)).toEqual(first);
  });

  test('many bands of 16 bits are not tabulated', () => {
    const ranges = Array.from({ length: 300 }, (_, i) => ({ minimum: 0, maximum: 1000 + i }));
    expect(kinds([{ kind: 'normalize', ranges }, QUANTIZE], { ...GRAY, bands: 300 })).toEqual(['stream']);
  });
});

describe('light on elevations', () => {
  const SUN: StageStep = {
    ...{ kind: 'elevation-hillshade', azimuthDegrees: 315, altitudeDegrees: 45 },
    ...{ cellSize: 1, verticalExaggeration: 1 },
  };

  test('is one kernel where it becomes 8 bits at once, and else a stream', () => {
    expect(kinds([SUN, QUANTIZE], GRAY)).toEqual(['buffer']);
    expect(kinds([SUN, GAMMA, QUANTIZE], GRAY)).toEqual(['stream']);
    expect(kinds([SUN, { ...QUANTIZE, truncate: true } as StageStep], GRAY)).toEqual(['stream']);
    expect(kinds([SUN, { kind: 'quantize', bits: 16 }], GRAY)).toEqual(['stream']);
  });
});

describe('borders', () => {
  test('add up over neighborhoods', () => {
    const five = convolutionStep(new Array<number>(25).fill(1));
    expect([borderOf(GAMMA), borderOf(SHARPEN), borderOf(five)]).toEqual([0, 1, 2]);
    expect(totalBorder([NORMALIZE, SHARPEN, GAMMA, five, QUANTIZE])).toBe(3);
  });
});
