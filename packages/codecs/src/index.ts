export { type DefaultCodecsOptions, defaultCodecs } from './default-codecs.ts';
export { createEngine, type EngineOptions } from './engine.ts';
export { createWasmKernels } from './kernels/wasm-kernels.ts';
export { type PooledRenderWorkerOptions, pooledRenderWorker } from './pool/pooled-render-worker.ts';
export { type CodecDescriptors, type CodecLoader, createCodecRegistry } from './registry.ts';
export type { WasmLoader, WasmName } from './wasm/names.ts';
export { type CompiledModules, setWasmLoader } from './wasm/wasm-module.ts';
