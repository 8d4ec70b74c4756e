import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../packages/core/src/limits.ts';
import type { ExtraSample, ImageInfo } from '../../packages/core/src/metadata/image-info.ts';
import type { PixelBuffer } from '../../packages/core/src/pixels/pixel-buffer.ts';
import type { StageStep, WatermarkStep } from '../../packages/core/src/processing/stage-step.ts';
import { executePlan } from '../../packages/core/src/render/execute.ts';
import { inlineRenderWorker } from '../../packages/core/src/render/inline-worker.ts';
import { planRender } from '../../packages/core/src/render/plan.ts';
import { DEFAULT_PLAN_OPTIONS, type PlanOptions } from '../../packages/core/src/render/plan-options.ts';
import type { PixelsPlan, RenderPlan } from '../../packages/core/src/render/plan-types.ts';
import type { Adjustment, OutputSpec, RenderRequest } from '../../packages/core/src/render/request.ts';
import { ADOBE_RGB_PROFILE, gamma, iccProfile, SRGB_PROFILE, text } from '../fixtures/icc-profile.ts';
import { DTYPES, INPUTS, type Input, KERNELS, noise, pictureOf } from '../reference/compare-stages.ts';
import { requestOf } from '../reference/render.ts';
import { type Picture, referenceStages } from '../reference/stages.ts';
import { keepingCodecs, type SyntheticReader, syntheticReader } from '../reference/synthetic-reader.ts';

/*
 * Whole requests at full size, of pictures of every sort in tiles of any size, against the naive executor: it gets the
 * whole picture and the plan's steps, then the region is cut out.
 */

const GRAY_PROFILE = iccProfile('GRAY', 2, { desc: text('Gray'), kTRC: gamma(1.8) });

interface Image {
  readonly color: ImageInfo['color'];
  readonly colors: number;
  readonly extraSamples: readonly ExtraSample[];
  readonly icc?: Uint8Array | undefined;
}

const extras = fc.constantFrom<readonly ExtraSample[]>(
  [],
  ['unassociated-alpha'],
  ['associated-alpha'],
  ['unspecified'],
);
const images: fc.Arbitrary<Image> = fc
  .record({
    color: fc.constantFrom<Image['color']>('grayscale', 'rgb', 'rgb', 'cmyk', 'cielab', 'icclab', 'multiband'),
    layers: fc.integer({ min: 2, max: 6 }),
    extraSamples: extras,
    hasIcc: fc.boolean(),
    isSrgb: fc.boolean(),
  })
  .map(({ color, layers, extraSamples, hasIcc, isSrgb }) => ({
    color,
    extraSamples,
    colors: { grayscale: 1, rgb: 3, cmyk: 4, cielab: 3, icclab: 3, multiband: layers }[color],
    icc: !hasIcc ? undefined : color === 'grayscale' ? GRAY_PROFILE : isSrgb ? SRGB_PROFILE : ADOBE_RGB_PROFILE,
  }));

const percent = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max }).map((v) => v / 100);
const adjustments: fc.Arbitrary<Adjustment> = fc.oneof(
  percent(0, 250).map((gain): Adjustment => ({ kind: 'contrast', gain })),
  percent(50, 300).map((exponent): Adjustment => ({ kind: 'gamma', exponent })),
  fc.constantFrom<Adjustment>({ kind: 'log' }, { kind: 'invert' }, { kind: 'stretch' }, { kind: 'equalize' }),
  fc
    .constantFrom('hot', 'cold', 'jet', 'red', 'green', 'blue', 'gray')
    .map((name): Adjustment => ({ kind: 'colormap', name })),
  fc
    .array(fc.array(percent(-100, 100), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((matrix): Adjustment => ({ kind: 'color-twist', matrix })),
  fc
    .constantFrom('sobel', 'gaussian', 'sharpen', 'emboss')
    .map((kernel): Adjustment => ({ kind: 'convolution', kernel })),
  fc.record({
    kind: fc.constant('hillshade' as const),
    azimuthDegrees: fc.integer({ min: 0, max: 360 }),
    altitudeDegrees: fc.integer({ min: 0, max: 90 }),
    cellSize: fc.constantFrom(1, 100, 10_000),
  }),
);

/** Of each sample type. */
const RUNS = 40;

const BITS: readonly OutputSpec['bits'][] = [8, 16, 'native', undefined];

const outputs: fc.Arbitrary<OutputSpec> = fc.record({
  format: fc.constantFrom<OutputSpec['format']>('jpg', 'png', 'png', 'webp', 'avif', 'tif', 'tif'),
  bits: fc.constantFrom(...BITS),
  compression: fc.constantFrom<OutputSpec['compression']>('none', 'jpeg', 'webp', undefined),
  metadata: fc.constant<OutputSpec['metadata']>('tile'),
});

const requests: fc.Arbitrary<Partial<RenderRequest>> = fc.record({
  region: fc.oneof(
    fc.constant({ kind: 'full' as const }),
    fc.record({
      kind: fc.constant('pixels' as const),
      x: fc.integer({ min: 0, max: 20 }),
      y: fc.integer({ min: 0, max: 10 }),
      width: fc.integer({ min: 1, max: 80 }),
      height: fc.integer({ min: 1, max: 40 }),
    }),
  ),
  adjustments: fc.array(adjustments, { maxLength: 4 }),
  rotation: fc.record({
    mirror: fc.boolean(),
    degrees: fc.constantFrom(0, 0, 90, 180, 270, 12.5, 45, 200),
  }),
  quality: fc.constantFrom('default', 'color', 'default', 'gray', 'bitonal'),
  output: outputs,
});

const policies: fc.Arbitrary<Partial<PlanOptions>> = fc
  .record({
    profiles: fc.constantFrom('embed', 'srgb', 'display-p3'),
    background: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 }))) as fc.Arbitrary<
      [number, number, number]
    >,
    compat: fc.constantFrom(undefined, undefined, 'iipsrv'),
    binSeed: fc.nat(),
    mark: fc.option(
      fc.record({
        opacity: percent(0, 100),
        probability: fc.constantFrom(0.5, 1),
        placement: fc.constantFrom<NonNullable<WatermarkStep['placement']>>(
          'random',
          'repeat',
          'center',
          'bottom-right',
        ),
        seed: fc.nat(),
      }),
    ),
  })
  .map(({ mark, binSeed, ...policy }) => {
    const bins = noise('uint8', { width: 256, height: 1, bands: 1 }, binSeed).data;
    const { data } = noise('uint8', { width: 5, height: 4, bands: 4 }, 1);
    const overlay = { id: 'noise', width: 5, height: 4, data: data as Uint8Array };
    const watermark = mark === null ? {} : { watermark: { overlay, ...mark } };
    return {
      ...policy,
      ...watermark,
      histograms: [Uint32Array.from(bins)],
      passThrough: false,
    } as Partial<PlanOptions>;
  });

const scenes = fc.record({
  image: images,
  width: fc.integer({ min: 21, max: 70 }),
  height: fc.integer({ min: 11, max: 40 }),
  tile: fc.record({ width: fc.integer({ min: 3, max: 40 }), height: fc.integer({ min: 3, max: 40 }) }),
  isPart: fc.boolean(),
  seed: fc.nat(),
});
type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

interface Opened {
  readonly full: PixelBuffer;
  readonly reader: SyntheticReader;
}

function open(dtype: Input, { image, tile, isPart, seed, ...size }: Scene): Opened {
  const { minimum, maximum } = INPUTS[dtype];
  const { color, colors, extraSamples, icc } = image;
  const bands = colors + extraSamples.length;
  const full = noise(dtype, { ...size, bands }, seed);
  const isLab = color === 'cielab' || color === 'icclab';
  // L*, a*, b*: see the stage.
  if (isLab && dtype.startsWith('float')) {
    full.data.forEach((v, i) => {
      full.data[i] = (v + 2) * 20;
    });
  }
  // A quarter of the range at either end is not shown.
  const width = maximum - minimum;
  const shown = isPart ? { minimum: minimum + width / 4, maximum: maximum - width / 4 } : { minimum, maximum };
  const ranges = Array.from({ length: bands }, (_, band) => (band < colors ? shown : { minimum, maximum }));
  const metadata = { text: {}, orientation: 1 as const, ...(icc === undefined ? {} : { icc }) };
  const reader = syntheticReader({
    levels: [full],
    tile,
    info: { color, extraSamples, ranges, bands, metadata, ...(isPart ? { statesRanges: true } : {}) },
  });
  return { full, reader };
}

/** How much the steps enlarge a small difference. */
function gainOf(steps: readonly StageStep[]): number {
  return steps.reduce((gain, step) => {
    if (step.kind === 'contrast') return gain * Math.max(1, step.gain);
    if (step.kind === 'gamma') return gain * Math.max(1, step.exponent);
    if (step.kind === 'color-twist') return gain * 3;
    if (step.kind !== 'convolution') return gain;
    return (gain * step.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)) / step.divisor;
  }, 1);
}

/** What the naive executor makes of it, whichever way colors and alpha are rounded where that is not sure. */
function allowed(full: Picture, plan: PixelsPlan): readonly Picture[] {
  const gain = gainOf(plan.stages);
  const by = { 8: 0.1 * gain, 16: 20 * gain };
  const signs = [-1, 1] as const;
  return signs.flatMap((sign) =>
    signs.map((last) => {
      const rounding = { lean: { sign, last, by } };
      const staged = referenceStages(full, plan.stages, rounding);
      return referenceStages(cut(staged, plan), plan.finish, rounding);
    }),
  );
}

/** The part that the plan shows of the whole level. */
function cut(picture: Picture, { window, resample }: PixelsPlan): Picture {
  const source = resample?.source ?? { x: 0, y: 0, width: window.width, height: window.height };
  const { width, height } = source;
  const pixels = Array.from({ length: width * height }, (_, i) => {
    const x = window.x + source.x + (i % width);
    const y = window.y + source.y + Math.floor(i / width);
    return picture.pixels[y * picture.width + x]!;
  });
  return { ...picture, width, height, pixels };
}

/** What a step of rounding can become where samples that were rounded are summed, of bands or of neighbors. */
function slackOf({ stages, finish }: PixelsPlan): number {
  const steps = [...stages, ...finish];
  const rounded = steps.slice(steps.findIndex(({ kind }) => kind === 'quantize') + 1);
  if (rounded.length === steps.length || !rounded.some(({ kind }) => MIXING.has(kind))) return 0;
  const lut = rounded.flatMap((step) => (step.kind === 'equalize' ? step.lut : []));
  return lut.reduce((largest, v, i) => Math.max(largest, v - (lut[i - 1] ?? v)), 1);
}

const MIXING: ReadonlySet<StageStep['kind']> = new Set(['flatten', 'grayscale', 'rotate', 'watermark']);

/** Pixels that are mixed by alphas that were rounded each by itself. */
function mixesRoundedAlpha({ stages, finish, output }: PixelsPlan): boolean {
  const isRounded = stages.some(({ kind }) => kind === 'quantize');
  return isRounded && output.options.alpha === true && finish.some(({ kind }) => kind === 'rotate');
}

test.each(DTYPES)('requests of %s agree with the naive executor', async (dtype) => {
  const counted = { compared: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(scenes, requests, policies, async (scene, request, policy) => {
      const { full, reader } = open(dtype, scene);
      const options = { ...DEFAULT_PLAN_OPTIONS, ...policy };
      let plan: RenderPlan;
      try {
        plan = planRender(requestOf(request), reader.info, options);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'request' });
        counted.refused++;
        return;
      }
      if (plan.kind !== 'pixels') throw new Error('Planned to pass through');
      counted.compared++;
      const pictures = allowed(pictureOf(full), plan);
      const samples = pictures.map(({ pixels }) => pixels.flat());
      const { width, height, pixels } = pictures[0]!;
      const bands = pixels[0]!.length;
      const skipsColor = mixesRoundedAlpha(plan);
      const mixed = slackOf(plan);
      for (const kernels of KERNELS) {
        const { codecs, kept } = keepingCodecs();
        await executePlan(plan, reader, inlineRenderWorker({ codecs, kernels, limits: DEFAULT_LIMITS }));
        const [actual] = kept;
        expect(actual).toMatchObject({ width, height, bands });
        let worst = 0;
        actual!.data.forEach((v, i) => {
          if (skipsColor && i % bands !== bands - 1) return;
          const [low, high] = [Math.min(...samples.map((of) => of[i]!)), Math.max(...samples.map((of) => of[i]!))];
          // Each sample may have been rounded its own way, and then be mixed with others.
          const slack = Math.max(high - low, mixed);
          worst = Math.max(worst, low - slack - v, v - high - slack);
        });
        expect(worst, `beyond what is allowed with ${kernels.name} kernels`).toBeLessThanOrEqual(0);
      }
    }),
    { numRuns: RUNS },
  );
  expect(counted.compared).toBeGreaterThan(counted.refused);
});
