import { createRequire } from 'node:module';
import { drawComponent, type FixturePicture } from '../fixtures/jpeg2000/picture.ts';

/** The parts of OpenJPH's WebAssembly build that are called here. */
interface Encoder {
  getDecodedBuffer(frame: object): Uint8Array<ArrayBuffer>;
  getEncodedBuffer(): Uint8Array;
  setQuality(reversible: boolean, step: number): void;
  setDecompositions(levels: number): void;
  setBlockDimensions(size: Size): void;
  setTileSize(size: Size): void;
  setTileOffset(offset: { x: number; y: number }): void;
  setImageOffset(offset: { x: number; y: number }): void;
  setTLMMarker(on: boolean): void;
  setTilePartDivisionsAtResolutions(on: boolean): void;
  setProgressionOrder(order: number): void;
  setNumPrecincts(count: number): void;
  setPrecinct(level: number, size: Size): void;
  encode(): void;
  delete(): void;
}
interface Decoder {
  getEncodedBuffer(byteLength: number): Uint8Array;
  getDecodedBuffer(): Uint8Array<ArrayBuffer>;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean };
  readHeader(): void;
  decodeSubResolution(level: number): void;
  calculateSizeAtDecompositionLevel(level: number): Size;
  delete(): void;
}
interface OpenJph {
  readonly HTJ2KEncoder: new () => Encoder;
  readonly HTJ2KDecoder: new () => Decoder;
}
interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a picture is to be encoded. */
export interface HtSettings {
  /** Quantization step of the 9/7 wavelet; the reversible one without it. */
  readonly step?: number;
  readonly levels?: number;
  readonly block?: readonly [number, number];
  readonly tile?: readonly [number, number];
  /** Of the image and of the tiles on the reference grid. */
  readonly offset?: readonly [number, number];
  readonly tileOffset?: readonly [number, number];
  /** 0 LRCP to 4 CPRL. */
  readonly order?: number;
  readonly precincts?: readonly (readonly [number, number])[];
  readonly tileParts?: boolean;
}

const require = createRequire(new URL('../../packages/codecs/package.json', import.meta.url));
const openJph: OpenJph = await require('@cornerstonejs/codec-openjph')();

const sizeOf = ([width, height]: readonly [number, number]): Size => ({ width, height });

/** Encodes samples (see `drawComponent`) with OpenJPH; three components with the color transform. */
export function encodeWithOpenJph(picture: FixturePicture, settings: HtSettings = {}): Uint8Array {
  const { width, height, bits, signed, steps } = picture;
  const count = steps.length;
  const encoder = new openJph.HTJ2KEncoder();
  const frame = { width, height, bitsPerSample: bits, componentCount: count, isSigned: signed };
  const buffer = encoder.getDecodedBuffer({ ...frame, isUsingColorTransform: count === 3 });
  const samples = sampleView(buffer, bits, signed);
  steps.forEach((_, component) => {
    drawComponent(picture, component).forEach((sample, i) => {
      samples[i * count + component] = sample;
    });
  });
  encoder.setQuality(settings.step === undefined, settings.step ?? 0);
  encoder.setDecompositions(settings.levels ?? 3);
  if (settings.block) encoder.setBlockDimensions(sizeOf(settings.block));
  if (settings.tile) encoder.setTileSize(sizeOf(settings.tile));
  if (settings.offset) encoder.setImageOffset({ x: settings.offset[0], y: settings.offset[1] });
  if (settings.tileOffset) encoder.setTileOffset({ x: settings.tileOffset[0], y: settings.tileOffset[1] });
  if (settings.order !== undefined) encoder.setProgressionOrder(settings.order);
  if (settings.precincts) {
    encoder.setNumPrecincts(settings.precincts.length);
    settings.precincts.forEach((size, level) => {
      encoder.setPrecinct(level, sizeOf(size));
    });
  }
  if (settings.tileParts) {
    encoder.setTLMMarker(true);
    encoder.setTilePartDivisionsAtResolutions(true);
  }
  encoder.encode();
  const bytes = encoder.getEncodedBuffer().slice();
  encoder.delete();
  return bytes;
}

/** Decodes with OpenJPH, `discard` resolutions left out: planes of samples. */
export function decodeWithOpenJph(
  bytes: Uint8Array,
  discard = 0,
): { width: number; height: number; samples: Int32Array }[] {
  const decoder = new openJph.HTJ2KDecoder();
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  decoder.readHeader();
  const { width, height } = decoder.calculateSizeAtDecompositionLevel(discard);
  decoder.decodeSubResolution(discard);
  const { bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
  const samples = sampleView(decoder.getDecodedBuffer(), bitsPerSample, isSigned);
  const planes = Array.from({ length: componentCount }, (_, component) => ({
    width,
    height,
    samples: Int32Array.from({ length: width * height }, (__, i) => samples[i * componentCount + component]!),
  }));
  decoder.delete();
  return planes;
}

function sampleView(
  { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>,
  bits: number,
  signed: boolean,
): { [index: number]: number } {
  if (bits <= 8) return new (signed ? Int8Array : Uint8Array)(buffer, byteOffset, byteLength);
  return new (signed ? Int16Array : Uint16Array)(buffer, byteOffset, byteLength >> 1);
}
