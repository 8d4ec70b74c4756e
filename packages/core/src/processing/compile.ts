import { affineRun } from './affine-run.ts';
import { type BandTables, tablesFor, tabulatedSteps } from './band-tables.ts';
import { elevationRun } from './elevation-run.ts';
import { type BufferStage, isDirect, type NeighborhoodStage, type PixelShape, type PointStage } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { definitionOf, outputShape } from './stage-table.ts';
import type { Stream } from './stream.ts';

/** A part of the work that reads one buffer and writes one. */
export type Pass =
  /** Steps that became lookup tables from integers to integers. */
  | { readonly kind: 'tables'; readonly tables: BandTables }
  /** Point and neighborhood stages that pixels flow through without being stored between them. */
  | { readonly kind: 'stream'; readonly stream: Stream }
  /** One stage that sees all pixels at once. */
  | { readonly kind: 'buffer'; readonly stage: BufferStage };

/**
 * Groups steps into as few passes over the pixels as possible:
 *
 * - a run of steps that act on each band alone, from 8 or 16-bit samples to 8 or 16-bit samples, is one lookup;
 * - a run of sums of products between such samples is one matrix;
 * - light on elevations that becomes 8 bits is one kernel;
 * - a run of the first sort that ends in floats starts a stream as a lookup;
 * - all other point and neighborhood stages in a row are one stream.
 *
 * @throws ImageError `request` when a step does not fit the pixels that reach it.
 */
export function compileStages(steps: readonly StageStep[], input: PixelShape): readonly Pass[] {
  const passes: Pass[] = [];
  let shape = input;
  let rest = steps;
  while (rest.length > 0) {
    const { pass, count, output } = nextPass(rest, shape);
    passes.push(pass);
    rest = rest.slice(count);
    shape = output;
  }
  return passes;
}

interface NextPass {
  readonly pass: Pass;
  /** Steps that the pass does. */
  readonly count: number;
  readonly output: PixelShape;
}

function nextPass(steps: readonly StageStep[], input: PixelShape): NextPass {
  const tabulated = tabulatedSteps(steps, input);
  const shapes = shapesAfterEach(steps.slice(0, tabulated), input);
  const toIntegers = shapes.findLastIndex((shape) => isDirect(shape.dtype)) + 1;
  if (toIntegers > 0) {
    const tables = tablesFor(steps.slice(0, toIntegers), input);
    return { pass: { kind: 'tables', tables }, count: toIntegers, output: shapes[toIntegers - 1] ?? input };
  }
  const run = affineRun(steps, input) ?? elevationRun(steps, input);
  if (run !== undefined) return { pass: { kind: 'buffer', stage: run.stage }, count: run.count, output: run.output };
  const tables = tabulated > 0 ? tablesFor(steps.slice(0, tabulated), input) : undefined;
  const stages: { stage: PointStage | NeighborhoodStage; bands: number }[] = [];
  let shape = shapes.at(-1) ?? input;
  for (const step of steps.slice(tabulated)) {
    const output = outputShape(step, shape);
    const stage = definitionOf(step).create(step, shape);
    if (stage.kind === 'buffer') {
      if (tabulated + stages.length > 0) break;
      return { pass: { kind: 'buffer', stage }, count: 1, output };
    }
    stages.push({ stage, bands: output.bands });
    shape = output;
  }
  return {
    pass: { kind: 'stream', stream: { tables, stages, output: shape } },
    count: tabulated + stages.length,
    output: shape,
  };
}

function shapesAfterEach(steps: readonly StageStep[], input: PixelShape): PixelShape[] {
  let shape = input;
  return steps.map((step) => {
    shape = outputShape(step, shape);
    return shape;
  });
}
