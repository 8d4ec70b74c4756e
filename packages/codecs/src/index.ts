export { defaultCodecs } from './default-codecs.ts';
export { type CodecDescriptors, type CodecLoader, createCodecRegistry } from './registry.ts';
