import type { OutputFormat } from '@sectile/core/codec';
import type { PlanOptions, RenderRequest, SizeSpec } from '@sectile/core/render';
import { type Command, choiceOption, type Invocation, textOption, UsageError, wholeOption } from '../command.ts';
import { outputFormat } from './format.ts';
import type { OpenedImage } from './open.ts';
import { parseRegion } from './region.ts';
import { openWatermark, WATERMARK_HELP, WATERMARK_OPTIONS, watermarkFromOptions } from './watermark.ts';

/** Options that say which picture to make; shared by `export`, `tile` and `plan`. */
export const PICTURE_OPTIONS: Command['options'] = {
  region: { type: 'string' },
  width: { type: 'string' },
  height: { type: 'string' },
  level: { type: 'string' },
  page: { type: 'string' },
  rotate: { type: 'string' },
  mirror: { type: 'boolean' },
  gray: { type: 'boolean' },
  quality: { type: 'string' },
  format: { type: 'string' },
  bits: { type: 'string' },
  compression: { type: 'string' },
  optimize: { type: 'boolean' },
  progressive: { type: 'boolean' },
  space: { type: 'string' },
  ...WATERMARK_OPTIONS,
};

/** Help for {@link PICTURE_OPTIONS}. */
export const PICTURE_HELP: string = `  --region R     full, square, x,y,w,h (pixels of the full size) or pct:x,y,w,h
  --width N      width in pixels; with --height too: the largest that fits in both
  --height N     height in pixels
  --level N      instead of a size: the pixels of this level, 0 = full size
  --page N       page of a stack, 0 = first
  --rotate D     turn clockwise by degrees, after --mirror
  --mirror       swap left and right
  --gray         in gray
  --quality N    1 to 100 (jpg, webp, avif), -1 for no loss (webp, avif), 0 to 9 (png, tif by deflate)
  --format F     jpg, png, webp, avif or tif; default: by the name of the file to write
  --bits N       8, 16 or native: of a sample (png, tif; avif gives 10 for 16); default 8, tif native
  --compression C  of tif: none, lzw, deflate, jpeg or webp (default deflate)
  --optimize     smaller jpg, several times as slow
  --progressive  jpg that shows coarse to fine
  --space S      colors in srgb or display-p3 instead of those of the image's profile
${WATERMARK_HELP}`;

/** A request from the options; `file` is the file to write, whose extension names the format. */
export function requestFromOptions(invocation: Invocation, file: string): RenderRequest {
  const level = wholeOption(invocation, 'level', { min: 0 });
  const width = wholeOption(invocation, 'width', { min: 1 });
  const height = wholeOption(invocation, 'height', { min: 1 });
  if (level !== undefined && (width !== undefined || height !== undefined)) {
    throw new UsageError('--level and --width or --height exclude each other');
  }
  return {
    page: wholeOption(invocation, 'page', { min: 0 }) ?? 0,
    level: level === undefined ? undefined : { from: 'full', index: level },
    region: parseRegion(textOption(invocation, 'region') ?? 'full'),
    size: sizeFrom(width, height),
    upscale: 'allow',
    adjustments: [],
    rotation: { mirror: invocation.values['mirror'] === true, degrees: degreesFrom(textOption(invocation, 'rotate')) },
    quality: invocation.values['gray'] === true ? 'gray' : 'default',
    output: outputFrom(invocation, outputFormat(textOption(invocation, 'format'), file)),
  };
}

function outputFrom(invocation: Invocation, format: OutputFormat): RenderRequest['output'] {
  const bits = bitsFrom(textOption(invocation, 'bits'));
  if (bits === 16 && (format === 'jpg' || format === 'webp')) throw new UsageError(`${format} has 8 bits`);
  for (const [name, of] of Object.entries(FORMAT_OF_OPTION)) {
    if (invocation.values[name] !== undefined && of !== format) throw new UsageError(`--${name} belongs to ${of}`);
  }
  return {
    format,
    quality: wholeOption(invocation, 'quality', QUALITY_BOUNDS[format]),
    bits,
    compression: choiceOption(invocation, 'compression', COMPRESSIONS),
    optimize: invocation.values['optimize'] === true || undefined,
    progressive: invocation.values['progressive'] === true || undefined,
    metadata: 'export',
  };
}

const FORMAT_OF_OPTION: Readonly<Record<string, OutputFormat>> = {
  compression: 'tif',
  optimize: 'jpg',
  progressive: 'jpg',
};

const QUALITY_BOUNDS: Readonly<Record<OutputFormat, { readonly min: number; readonly max: number }>> = {
  jpg: { min: 1, max: 100 },
  png: { min: 0, max: 9 },
  webp: { min: -1, max: 100 },
  avif: { min: -1, max: 100 },
  tif: { min: 0, max: 100 },
};

const COMPRESSIONS = ['none', 'lzw', 'deflate', 'jpeg', 'webp'] as const;

/** What the options say of every picture, whatever its request. */
export type PicturePolicy = Pick<PlanOptions, 'profiles' | 'watermark'>;

/**
 * How colors are handled (`--space`, else as they are, with their profile) and what is laid over them.
 * @returns What reads the rest of it, once an image is opened.
 * @throws UsageError for options that make no sense, before anything is opened.
 */
export function policyFromOptions(invocation: Invocation): (image: OpenedImage) => Promise<PicturePolicy> {
  const profiles = choiceOption(invocation, 'space', ['srgb', 'display-p3']) ?? 'embed';
  const wanted = watermarkFromOptions(invocation);
  return async (image) => ({ profiles, watermark: wanted && (await openWatermark(wanted, image)) });
}

function bitsFrom(text: string | undefined): RenderRequest['output']['bits'] {
  if (text === undefined || text === 'native') return text;
  if (text !== '8' && text !== '16') throw new UsageError(`--bits takes 8, 16 or native, not "${text}"`);
  return text === '8' ? 8 : 16;
}

function sizeFrom(width: number | undefined, height: number | undefined): SizeSpec {
  if (width !== undefined && height !== undefined) return { kind: 'fit', width, height };
  if (width !== undefined) return { kind: 'width', width };
  if (height !== undefined) return { kind: 'height', height };
  return { kind: 'native' };
}

function degreesFrom(text: string | undefined): number {
  if (text === undefined) return 0;
  const degrees = Number(text);
  if (text.trim() === '' || !Number.isFinite(degrees)) throw new UsageError(`--rotate takes degrees, not "${text}"`);
  return ((degrees % 360) + 360) % 360;
}
