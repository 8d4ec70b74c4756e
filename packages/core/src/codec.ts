export type {
  ByteDecodeOptions,
  ByteDecoder,
  CodecRegistry,
  DecodeRequest,
  Decoder,
  EncodeOptions,
  ImageDecoder,
  ImageEncoder,
  OutputMetadata,
  RareTiffFields,
} from './codec/codec.ts';
export { type DecoderId, type EncoderId, MEDIA_TYPES, type OutputFormat } from './codec/formats.ts';
export type { BandWeights, ElevationLight, Kernels, UnsignedSamples } from './kernels/kernels.ts';
export { typescriptKernels } from './kernels/typescript-kernels.ts';
