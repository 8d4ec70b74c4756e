import { DEFAULT_LIMITS, type Limits } from '@sectile/core';
import type { OutputFormat } from '@sectile/core/codec';
import type { WatermarkOverlay } from '@sectile/core/processing';
import { DEFAULT_PLAN_OPTIONS, type PlanOptions, type WatermarkOptions } from '@sectile/core/render';
import type { Config } from './config/config.ts';
import { ConfigError } from './config/value-kinds.ts';
import type { IiifService } from './protocols/iiif/service.ts';
import { DEFAULT_PARSE_OPTIONS, type ParseOptions } from './protocols/protocol.ts';

/** A configuration in the terms of those who follow it. */
export interface Policy {
  readonly parse: ParseOptions;
  readonly plan: PlanOptions;
  /** All of {@link IiifService} but the `id`, which each image has its own of. */
  readonly service: Omit<IiifService, 'id'>;
}

/** The limits that a configuration sets; the others keep their defaults. */
export function limitsOf(config: Config): Limits {
  return {
    ...DEFAULT_LIMITS,
    maxImagePixels: config.maxImagePixels,
    maxOutputSide: config.maxCvt,
    maxOutputPixels: config.maxCvt ** 2,
    maxDecodePixels: config.maxDecodePixels,
    maxWorkingBytes: config.maxWorkingBytes,
  };
}

/** How a configuration wants an overlay laid over pictures; the seed is up to each image. */
export function watermarkOf(overlay: WatermarkOverlay, config: Config): Omit<WatermarkOptions, 'seed'> {
  return {
    overlay,
    opacity: config.watermarkOpacity,
    probability: config.watermarkProbability,
    placement: config.watermarkPlacement,
  };
}

/** @throws ConfigError when `iiifExtraInfo` is not the inside of a JSON object. */
export function createPolicy(config: Config, outputFormats: readonly OutputFormat[]): Policy {
  const limits = limitsOf(config);
  const defaultFormat = DEFAULT_PARSE_OPTIONS.defaultFormat;
  return {
    parse: {
      ...DEFAULT_PARSE_OPTIONS,
      outputFormats,
      allowUpscaling: config.allowUpscaling,
      iiifVersion: config.iiifVersion,
      pageDelimiter: config.iiifDelimiter,
      extraQualities: config.iiifExtensions,
    },
    plan: {
      ...DEFAULT_PLAN_OPTIONS,
      limits,
      outputFormats,
      qualities: {
        jpg: config.jpegQuality,
        png: config.pngQuality,
        webp: config.webpQuality,
        avif: config.avifQuality,
        tif: tiffQuality(config),
      },
      jpegExports: { optimize: config.jpegOptimize, progressive: config.jpegProgressive },
      tiffCompression: config.tiffCompression,
      enlargeBy: config.interpolation,
      passThrough: config.codecPassthrough,
      maxIccBytes: config.maxIcc,
      profiles: config.iccConvert === 'none' ? 'embed' : config.iccConvert,
      maxLayers: config.maxLayers,
      allowUpscaling: config.allowUpscaling,
      rights: config.copyright === '' ? undefined : config.copyright,
      compat: config.compat === 'none' ? undefined : config.compat,
    },
    service: {
      formats: outputFormats,
      defaultFormat,
      allowUpscaling: config.allowUpscaling,
      extraQualities: config.iiifExtensions,
      maxOutputSide: limits.maxOutputSide,
      maxOutputPixels: limits.maxOutputPixels,
      rights: config.copyright === '' ? undefined : config.copyright,
      extraInfo: parseExtraInfo(config.iiifExtraInfo),
    },
  };
}

/** Deflate has levels to 9, Zstandard to 19, the rest to 100. */
function tiffQuality({ tiffCompression, tiffQuality }: Config): number {
  const highest = { deflate: 9, zstd: 19, none: 100, lzw: 100, jpeg: 100, webp: 100 }[tiffCompression];
  return Math.min(tiffQuality, highest);
}

function parseExtraInfo(members: string): Record<string, unknown> | undefined {
  if (members.trim() === '') return undefined;
  try {
    return JSON.parse(`{${members}}`);
  } catch (cause) {
    throw new ConfigError('IIIF_EXTRA_INFO is not the inside of a JSON object: "key": value, ...', { cause });
  }
}
