import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import type { FrameHeader } from './frame-header.ts';
import type { MarkerSegment } from './marker-segment.ts';

/** One component of a scan. */
export interface ScanComponent {
  /** Index into the components of the frame. */
  readonly index: number;
  /** Huffman tables, 0 to 3. */
  readonly dc: number;
  readonly ac: number;
}

/** What a SOS segment tells (ITU-T T.81 B.2.3). */
export interface ScanHeader {
  readonly components: readonly ScanComponent[];
  /** First and last coefficient in zigzag order, inclusive. 0 and 63 in a sequential scan. */
  readonly start: number;
  readonly end: number;
  /** Bit position that this scan refines down from (0: a first scan), and the one that it reaches. */
  readonly high: number;
  readonly low: number;
}

/** Highest bit position that an 8-bit picture can have. */
const MAX_LOW = 13;

/** Parses SOS; sequential scans always hold all coefficients. @throws ImageError `malformed`. */
export function parseScanHeader({ payload, payloadOffset }: MarkerSegment, frame: FrameHeader): ScanHeader {
  const cursor = new ByteCursor(payload, { littleEndian: false, fileOffset: payloadOffset });
  const componentCount = cursor.uint8();
  if (componentCount < 1 || componentCount > frame.components.length) {
    throw new ImageError('malformed', `A JPEG scan of ${componentCount} components`);
  }
  const components = Array.from({ length: componentCount }, () => parseComponent(cursor, frame));
  if (new Set(components.map(({ index }) => index)).size < componentCount) {
    throw new ImageError('malformed', 'A JPEG scan names a component twice');
  }
  const [start, end, bits] = [cursor.uint8(), cursor.uint8(), cursor.uint8()];
  if (frame.coding === 'sequential') return { components, start: 0, end: 63, high: 0, low: 0 };
  const [high, low] = [bits >> 4, bits & 15];
  const validBand = start === 0 ? end === 0 : start <= end && end <= 63 && componentCount === 1;
  if (!validBand || low > MAX_LOW || (high !== 0 && high !== low + 1)) {
    throw new ImageError('malformed', `A JPEG scan of coefficients ${start} to ${end}, bits ${high} to ${low}`);
  }
  return { components, start, end, high, low };
}

function parseComponent(cursor: ByteCursor, frame: FrameHeader): ScanComponent {
  const id = cursor.uint8();
  const tables = cursor.uint8();
  const index = frame.components.findIndex((component) => component.id === id);
  const [dc, ac] = [tables >> 4, tables & 15];
  if (index < 0 || dc > 3 || ac > 3) {
    throw new ImageError('malformed', `A JPEG scan of component ${id} with Huffman tables ${dc} and ${ac}`);
  }
  return { index, dc, ac };
}
