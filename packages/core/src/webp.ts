export { isWebp, parseWebpHeader, type WebpChunk, type WebpHeader, webpChunks } from './webp/webp-header.ts';
