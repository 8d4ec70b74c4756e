import type { KernelExports } from '../kernels/kernel-host.ts';

/** `kernels/jpeg2000.as.ts`; every address is a byte of the module's memory. */
export type Jpeg2000Kernel = KernelExports & {
  readonly reset: () => void;
  readonly allocate: (byteLength: number) => number;
  readonly allocateZeros: (byteLength: number) => number;
  readonly mark: () => number;
  readonly release: (to: number) => void;
  readonly decodeBlock: (
    bytes: number,
    segments: number,
    segmentCount: number,
    width: number,
    height: number,
    planes: number,
    orientation: number,
    style: number,
    output: number,
  ) => void;
  readonly decodeHtBlock: (
    bytes: number,
    segments: number,
    segmentCount: number,
    width: number,
    height: number,
    planes: number,
    cleanupPlane: number,
    style: number,
    output: number,
  ) => void;
  readonly undoMaxShift: (coefficients: number, count: number, shift: number) => void;
  readonly narrowCoefficients: (source: number, count: number, target: number) => void;
  readonly placeReversible: (
    source: number,
    sourceStride: number,
    narrow: number,
    width: number,
    height: number,
    target: number,
    targetStride: number,
  ) => void;
  readonly placeIrreversible: (
    source: number,
    sourceStride: number,
    narrow: number,
    width: number,
    height: number,
    target: number,
    targetStride: number,
    halfStep: number,
  ) => void;
  readonly rowScratch: (width: number) => number;
  readonly synthesize53: Synthesize;
  readonly synthesize97: Synthesize;
  readonly inverseRct: (first: number, second: number, third: number, count: number) => void;
  readonly inverseIct: (first: number, second: number, third: number, count: number) => void;
  readonly finishIntegers: Finish;
  readonly finishFloats: Finish;
  readonly copyRows: (
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
    rowBytes: number,
    rows: number,
  ) => void;
  readonly interleaveThreeBytes: (first: number, second: number, third: number, count: number, output: number) => void;
};

type Synthesize = (
  ll: number,
  llStride: number,
  hl: number,
  lh: number,
  hh: number,
  x0: number,
  y0: number,
  width: number,
  height: number,
  scratch: number,
  output: number,
) => void;

type Finish = (
  source: number,
  sourceStride: number,
  target: number,
  targetStride: number,
  width: number,
  height: number,
  offset: number,
  minimum: number,
  maximum: number,
) => void;
