import type { KernelExports } from './kernel-host.ts';

/** `kernels/pixels.as.ts`. */
export type PixelKernel = KernelExports & {
  readonly reset: () => void;
  readonly allocate: (byteLength: number) => number;
  readonly boxShrink: (
    from: number,
    width: number,
    rows: number,
    bands: number,
    wide: number,
    shrink: number,
    to: number,
  ) => void;
  readonly beginResample: (
    width: number,
    bands: number,
    sampleBytes: number,
    premultiplied: number,
    starts: number,
    weights: number,
    taps: number,
    size: number,
  ) => void;
  readonly premultiply: (from: number, pixels: number, to: number) => void;
  readonly resample: (from: number, width: number, weights: number, taps: number, to: number) => void;
  readonly lookUp: (
    from: number,
    count: number,
    bands: number,
    table: number,
    entriesPerBand: number,
    inputBytes: number,
    outputBytes: number,
    to: number,
  ) => void;
  readonly lookUpColors: (
    from: number,
    pixels: number,
    step: number,
    inputBytes: number,
    colors: number,
    to: number,
  ) => void;
  readonly weighBands: (
    from: number,
    pixels: number,
    wide: number,
    a: number,
    b: number,
    c: number,
    offset: number,
    noX: number,
    noY: number,
    noZ: number,
    to: number,
  ) => void;
  readonly beginShading: (
    type: number,
    missing: number,
    lightX: number,
    lightY: number,
    lightZ: number,
    scale: number,
  ) => void;
  readonly shadeElevations: (
    from: number,
    width: number,
    rows: number,
    left: number,
    first: number,
    outputWidth: number,
    outputRows: number,
    to: number,
  ) => void;
  readonly undoDifferencing: (
    from: number,
    byteLength: number,
    rowByteLength: number,
    bands: number,
    sampleBytes: number,
  ) => void;
};
