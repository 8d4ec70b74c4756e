import type { OutputFormat } from '@sectile/core/codec';
import type {
  Adjustment,
  HillshadeAdjustment,
  QualitySpec,
  RegionSpec,
  RenderRequest,
  SizeSpec,
} from '@sectile/core/render';
import type { View } from '../protocol.ts';
import type { IipError } from './errors.ts';

/** Range of one band, or of all. */
interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** What the commands of a request have said so far. Commands change it from left to right. */
export interface IipDraft {
  image?: string;
  view?: View;
  layers?: number;
  width?: number;
  height?: number;
  region?: RegionSpec;
  rotation: RenderRequest['rotation'];
  outputQuality?: number;
  compression?: NonNullable<RenderRequest['output']['compression']>;
  bits?: NonNullable<RenderRequest['output']['bits']>;
  contrast?: number | 'stretch';
  equalize?: boolean;
  gamma?: number | 'log';
  ranges: Map<number | 'all', Range>;
  invert?: boolean;
  colormap?: string;
  colorTwist: (readonly number[])[];
  hillshade?: Omit<HillshadeAdjustment, 'kind'>;
  convolution?: string | readonly number[];
  quality: QualitySpec;
  /** Lower-cased, in the order asked for. */
  objects: string[];
  /** A turn by a quarter was asked for when Max-size was. */
  turned: boolean;
  errors: IipError[];
}

/** The draft that a request starts with. */
export function createDraft(): IipDraft {
  return {
    rotation: { mirror: false, degrees: 0 },
    ranges: new Map(),
    colorTwist: [],
    quality: 'default',
    objects: [],
    turned: false,
    errors: [],
  };
}

/** The image processing asked for, in one order whatever the order of commands; no-ops are left out. */
export function adjustmentsOf(draft: IipDraft): readonly Adjustment[] {
  const adjustments: Adjustment[] = [];
  for (const [band, range] of draft.ranges) adjustments.push({ kind: 'range', band, ...range });
  if (draft.contrast === 'stretch') adjustments.push({ kind: 'stretch' });
  if (draft.hillshade !== undefined) adjustments.push({ kind: 'hillshade', ...draft.hillshade });
  if (draft.colorTwist.length > 0) adjustments.push({ kind: 'color-twist', matrix: draft.colorTwist });
  if (draft.gamma === 'log') adjustments.push({ kind: 'log' });
  else if (draft.gamma !== undefined && draft.gamma !== 1) adjustments.push({ kind: 'gamma', exponent: draft.gamma });
  if (draft.invert) adjustments.push({ kind: 'invert' });
  if (draft.colormap !== undefined) adjustments.push({ kind: 'colormap', name: draft.colormap });
  if (draft.convolution !== undefined) adjustments.push({ kind: 'convolution', kernel: draft.convolution });
  if (typeof draft.contrast === 'number' && draft.contrast !== 1) {
    adjustments.push({ kind: 'contrast', gain: draft.contrast });
  }
  if (draft.equalize) adjustments.push({ kind: 'equalize' });
  return adjustments;
}

/** A tile of one of the levels. Tiles turn by quarters only: others would not fit together. */
export function tileRequest(
  draft: IipDraft,
  { resolution, tile, format }: { readonly resolution: number; readonly tile: number; readonly format: OutputFormat },
): RenderRequest {
  const { mirror, degrees } = draft.rotation;
  return {
    ...commonParts(draft),
    level: { from: 'smallest', index: resolution },
    region: { kind: 'tile-index', index: tile },
    size: { kind: 'native' },
    upscale: 'reject',
    rotation: { mirror, degrees: degrees % 90 === 0 ? degrees : 0 },
    output: { ...outputParts(draft), format, metadata: 'tile' },
  };
}

/** A region, or the whole picture, in the size asked for. */
export function exportRequest(draft: IipDraft, format: OutputFormat, allowUpscaling: boolean): RenderRequest {
  return {
    ...commonParts(draft),
    region: draft.region ?? { kind: 'full' },
    size: sizeOf(draft),
    upscale: allowUpscaling ? 'allow' : 'clamp',
    overLimit: 'clamp',
    rotation: draft.rotation,
    output: { ...outputParts(draft), format, metadata: 'export' },
  };
}

/** The request of another protocol with what the draft says about processing, page and encoder added. */
export function withDraft(request: RenderRequest, draft: IipDraft): RenderRequest {
  const common = commonParts(draft);
  const kinds = new Set(common.adjustments.map(({ kind }) => kind));
  return {
    ...request,
    ...common,
    page: draft.view === undefined ? request.page : common.page,
    adjustments: [...common.adjustments, ...request.adjustments.filter(({ kind }) => !kinds.has(kind))],
    quality: request.quality === 'default' ? draft.quality : request.quality,
    output: { ...request.output, ...outputParts(draft) },
  };
}

function commonParts(draft: IipDraft): Pick<RenderRequest, 'page' | 'layers' | 'adjustments' | 'quality'> {
  return {
    page: draft.view?.horizontal ?? 0,
    ...(draft.layers === undefined ? {} : { layers: draft.layers }),
    adjustments: adjustmentsOf(draft),
    quality: draft.quality,
  };
}

function outputParts({
  outputQuality,
  compression,
  bits,
}: IipDraft): Pick<RenderRequest['output'], 'quality' | 'compression' | 'bits'> {
  return {
    ...(outputQuality === undefined ? {} : { quality: outputQuality }),
    ...(compression === undefined ? {} : { compression }),
    ...(bits === undefined ? {} : { bits }),
  };
}

function sizeOf({ width, height }: IipDraft): SizeSpec {
  if (width !== undefined && height !== undefined) return { kind: 'fit', width, height };
  if (width !== undefined) return { kind: 'width', width };
  if (height !== undefined) return { kind: 'height', height };
  return { kind: 'native' };
}
