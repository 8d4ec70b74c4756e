import type { PixelBuffer, SampleArray } from '@sectile/core/pixels';
import type { AssembleTask, EncodedPart, EncodedSegment } from '@sectile/core/pyramid';
import type { EncodedImage, PixelsPlan } from '@sectile/core/render';

/** Plain data to post, and the buffers in it that go over without being copied. */
export interface Parcel<Data> {
  readonly data: Data;
  readonly transfer: ArrayBuffer[];
}

/**
 * Segments ready to be posted. Their bytes may be views of a block that a cache keeps and others read: each is copied,
 * tightly, and the copies are given away. (Cloning a view would copy all of the block it looks at.)
 *
 * @param again The same segments may have to be packed another time: small tasks that stand behind one that crashes are. Of others
 *   the numbers of JPEG 2000 windows are given away as they are: nobody else has them, and those of many tiles are large.
 */
export function packSegments(segments: AssembleTask['segments'], again: boolean): Parcel<AssembleTask['segments']> {
  const transfer: ArrayBuffer[] = [];
  const packPart = (part: EncodedPart): EncodedPart => {
    if (part.file) return part;
    const bytes = part.bytes.slice();
    transfer.push(bytes.buffer);
    return { codec: part.codec, bytes };
  };
  const packSegment = (segment: EncodedSegment): EncodedSegment => {
    if (segment.jpeg2000 && !again) {
      const { tiles, blocks, blockIds, segments: codewords } = segment.jpeg2000;
      for (const { buffer } of [tiles, blocks, blockIds, codewords]) transfer.push(buffer as ArrayBuffer);
    }
    return {
      ...segment,
      parts: segment.parts.map((part) => part && packPart(part)),
      tables: segment.tables && tight(segment.tables),
    };
  };
  const data = segments.map(({ ref, segment }) => ({ ref, segment: segment && packSegment(segment) }));
  return { data, transfer };
}

/** A plan whose metadata are not views of something larger. */
export function packPlan(plan: PixelsPlan): PixelsPlan {
  const { metadata } = plan.output.options;
  if (metadata === undefined) return plan;
  const packed = {
    ...metadata,
    icc: metadata.icc && tight(metadata.icc),
    xmp: metadata.xmp && tight(metadata.xmp),
    exif: metadata.exif && tight(metadata.exif),
  };
  return { ...plan, output: { ...plan.output, options: { ...plan.output.options, metadata: packed } } };
}

/** Pixels that are given away. */
export function packPixels(pixels: PixelBuffer): Parcel<PixelBuffer> {
  const data = owned(pixels.data);
  return { data: { ...pixels, data }, transfer: [data.buffer as ArrayBuffer] };
}

/** A finished file that is given away. */
export function packImage(image: EncodedImage): Parcel<EncodedImage> {
  const bytes = owned(image.bytes);
  return { data: { ...image, bytes }, transfer: [bytes.buffer as ArrayBuffer] };
}

/** The array itself when it is all there is in its buffer, else a copy: WASM memory and shared buffers stay behind. */
function owned<Samples extends SampleArray>(samples: Samples): Samples {
  const whole = samples.byteLength === samples.buffer.byteLength && samples.buffer instanceof ArrayBuffer;
  return whole ? samples : (samples.slice() as Samples);
}

function tight(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
