export { type ErrorKind, ImageError, isImageError } from './errors.ts';
export { assertWithin, DEFAULT_LIMITS, type Limits } from './limits.ts';
