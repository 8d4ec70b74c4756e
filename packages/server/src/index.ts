export { type ImageServer, type ImageServerDeps, imageServer } from './app.ts';
export { type ByteCache, type CachedImage, memoryCache } from './cache/byte-cache.ts';
export type { Config } from './config/config.ts';
export {
  CONFIG_FILE_VARIABLE,
  type ConfigEntry,
  type ConfigInputs,
  type ConfigOrigin,
  DEFAULT_CONFIG,
  describeConfig,
  type ResolvedConfig,
  resolveConfig,
} from './config/resolve-config.ts';
export { ConfigError } from './config/value-kinds.ts';
export { type ExplainedUrl, explainUrl } from './explain.ts';
export type { Exchange, Reply } from './http/exchange.ts';
export { createLog, type Log, type LogLevel, type LogOptions } from './http/log.ts';
export { type HttpImagesOptions, httpImages } from './images/http.ts';
export { type MemoryImage, memoryImages } from './images/memory.ts';
export type { FoundImage, ImageResolver, Listing, ListOptions } from './images/resolver.ts';
export type { Asset, AssetLoader } from './pages/asset.ts';
export { limitsOf } from './policy.ts';
export { readWatermark } from './watermark.ts';
