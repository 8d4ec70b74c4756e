import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';
import type { MarkerSegment } from './marker-segment.ts';
import { SOF0, SOF1, SOF2 } from './markers.ts';

/** One component of a frame. */
export interface FrameComponent {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly h: number;
  readonly v: number;
  /** Quantization table, 0 to 3. */
  readonly quantization: number;
}

/** What a SOF segment tells (ITU-T T.81 B.2.2). Samples have 8 bits. */
export interface FrameHeader extends Size {
  readonly coding: 'sequential' | 'progressive';
  /** 1 to 4. */
  readonly components: readonly FrameComponent[];
}

/**
 * Parses SOF0, SOF1 or SOF2.
 *
 * @throws ImageError `malformed`; `unsupported` for 12 bits, lossless, hierarchical and arithmetic coding, a height
 *   that follows only in a DNL segment, and more than 4 components.
 */
export function parseFrameHeader({ marker, payload, payloadOffset }: MarkerSegment): FrameHeader {
  if (marker !== SOF0 && marker !== SOF1 && marker !== SOF2) {
    throw new ImageError('unsupported', `JPEG of type SOF${marker - SOF0} (lossless, hierarchical or arithmetic)`);
  }
  const cursor = new ByteCursor(payload, { littleEndian: false, fileOffset: payloadOffset });
  const precision = cursor.uint8();
  if (precision !== 8) throw new ImageError('unsupported', `JPEG with ${precision} bits a sample`);
  const height = cursor.uint16();
  const width = cursor.uint16();
  if (height === 0) throw new ImageError('unsupported', 'JPEG that tells its height only at its end');
  if (width === 0) throw new ImageError('malformed', 'A JPEG frame without columns');
  const componentCount = cursor.uint8();
  if (componentCount === 0) throw new ImageError('malformed', 'A JPEG frame without components');
  if (componentCount > 4) throw new ImageError('unsupported', `JPEG with ${componentCount} components`);
  const components = Array.from({ length: componentCount }, () => parseComponent(cursor));
  if (new Set(components.map(({ id }) => id)).size < componentCount) {
    throw new ImageError('malformed', 'Two JPEG components have the same identifier');
  }
  return { width, height, coding: marker === SOF2 ? 'progressive' : 'sequential', components };
}

function parseComponent(cursor: ByteCursor): FrameComponent {
  const id = cursor.uint8();
  const factors = cursor.uint8();
  const [h, v] = [factors >> 4, factors & 15];
  const quantization = cursor.uint8();
  if (h < 1 || h > 4 || v < 1 || v > 4 || quantization > 3) {
    throw new ImageError('malformed', `A JPEG component sampled ${h}x${v} with quantization table ${quantization}`);
  }
  return { id, h, v, quantization };
}

/** Pixels of an MCU of all components. A single component has MCUs of one block, whatever its factors say. */
export function mcuSize({ components }: FrameHeader): Size {
  if (components.length === 1) return { width: 8, height: 8 };
  return {
    width: 8 * Math.max(...components.map(({ h }) => h)),
    height: 8 * Math.max(...components.map(({ v }) => v)),
  };
}
