export { type ErrorKind, ImageError, isImageError } from './errors.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
