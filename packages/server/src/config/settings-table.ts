import { DEFAULT_LIMITS } from '@sectile/core';
import type { Config } from './config.ts';
import { choice, decimal, flag, headerText, integer, text, type ValueKind } from './value-kinds.ts';

/** One row of the table. */
export interface Setting<T> extends ValueKind<T> {
  /** Environment variable: iipsrv's name, or `SECTILE_...` for what iipsrv does not know. */
  readonly variable: string;
  /** Further variables that are read when the first is not set. */
  readonly aliases?: readonly string[] | undefined;
  readonly fallback: T;
  /** One line for people. */
  readonly about: string;
  /** Why setting it changes nothing. A server says so once when it starts. */
  readonly noEffect?: string | undefined;
}

interface Row<T> {
  readonly fallback: T;
  readonly about: string;
  readonly aliases?: readonly string[];
  readonly noEffect?: string;
}

function row<T>(variable: string, kind: ValueKind<T>, rest: Row<T>): Setting<T> {
  return { variable, ...kind, ...rest };
}

const noBound = (value: number): number | undefined => (value < 0 ? Number.POSITIVE_INFINITY : undefined);

/** `MAX_CVT`: -1 no limit, 0 the default, smaller than -1 a single pixel. */
function maxCvt(value: number): number | undefined {
  if (value === -1) return Number.POSITIVE_INFINITY;
  if (value === 0) return 5000;
  return value < -1 ? 1 : undefined;
}

const iiifVersion: ValueKind<2 | 3> = {
  fromText: (value) => toVersion(integer().fromText(value)),
  fromValue: (value) => toVersion(integer({ minimum: 2, maximum: 3 }).fromValue(value)),
};

/** 0 is the default; versions before 3 were answered alike by iipsrv, and later ones do not exist. */
function toVersion(value: number): 2 | 3 {
  return value === 0 || value >= 3 ? 3 : 2;
}

/** All settings, in the order in which they are shown. Clamps and special values are those of iipsrv where it has them. */
export const SETTINGS: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  host: row('HOST', text(), { fallback: '127.0.0.1', about: 'Address to listen on; 0.0.0.0 for all' }),
  port: row('PORT', integer({ minimum: 0, maximum: 65535 }), {
    fallback: 8182,
    about: 'Port to listen on; 0 for any free one',
  }),
  processes: row('SECTILE_PROCESSES', integer({ minimum: 1, maximum: 1024 }), {
    fallback: 1,
    about: 'Processes that share the port',
  }),
  threads: row('SECTILE_THREADS', integer({ minimum: 0, maximum: 1024 }), {
    fallback: 0,
    aliases: ['OMP_NUM_THREADS'],
    about: 'Threads of each process for pixel work; 0 for what the machine has',
  }),
  verbosity: row('VERBOSITY', integer({ minimum: 0 }), {
    fallback: 1,
    about: '0 silent, 1 start and failures, 2 every request, 3 details',
  }),
  logFile: row('LOGFILE', text(), { fallback: '', about: 'File for log lines; empty for standard error' }),
  logFormat: row('SECTILE_LOG_FORMAT', choice(['text', 'json']), { fallback: 'text', about: 'Shape of log lines' }),
  filesystemPrefix: row('FILESYSTEM_PREFIX', text(), {
    fallback: '',
    about: 'Put before every identifier: the folder of the images',
  }),
  filesystemSuffix: row('FILESYSTEM_SUFFIX', text(), { fallback: '', about: 'Put behind every identifier' }),
  filenamePattern: row('FILENAME_PATTERN', text(), {
    fallback: '_pyr_',
    about: 'Between the name of a sequence and the numbers of its files: vase_pyr_000_090.tif; empty for none',
  }),
  followSymlinks: row('SECTILE_FOLLOW_SYMLINKS', flag(), {
    fallback: false,
    about: 'Follow links that lead out of the folder',
  }),
  maxImageCacheSize: row('MAX_IMAGE_CACHE_SIZE', decimal({ special: noBound }), {
    fallback: 10,
    about: 'Finished answers kept, in units of 1024000 bytes; -1 for no bound',
  }),
  maxMetadataCacheSize: row('MAX_METADATA_CACHE_SIZE', integer({ special: noBound }), {
    fallback: 1000,
    aliases: ['MAX_IMAGE_METADATA_CACHE_SIZE'],
    about: 'Opened images kept; -1 for no bound',
  }),
  revalidateSeconds: row('SECTILE_REVALIDATE_SECONDS', decimal({ minimum: 0 }), {
    fallback: 1,
    about: 'Seconds before a served image is checked for changes again',
  }),
  idleSeconds: row('SECTILE_IDLE_SECONDS', decimal({ minimum: 1 }), {
    fallback: 300,
    about: 'Seconds after which an unused image is closed',
  }),
  maxQueue: row('SECTILE_MAX_QUEUE', integer({ minimum: 1 }), {
    fallback: 512,
    about: 'Renders under way at once before more are refused with 503',
  }),
  cacheControl: row('CACHE_CONTROL', headerText(), {
    fallback: 'max-age=86400',
    about: 'Cache-Control of good answers; empty for none',
  }),
  cors: row('CORS', headerText(), { fallback: '*', about: 'Access-Control-Allow-Origin; empty for no CORS' }),
  baseUrl: row('BASE_URL', headerText(), {
    fallback: '',
    about: 'Public URL in front of IIIF identifiers, with final slash',
  }),
  publicUrl: row('SECTILE_PUBLIC_URL', headerText(), {
    fallback: '',
    about: 'Public URL of the root, without final slash',
  }),
  trustProxy: row('SECTILE_TRUST_PROXY', flag(), {
    fallback: false,
    about: 'Believe X-Forwarded-Proto, X-Forwarded-Host and X-IIIF-Id',
  }),
  uriMap: row('URI_MAP', text(), { fallback: '', about: 'prefix=>protocol, several separated by commas' }),
  gallery: row('SECTILE_GALLERY', flag(), { fallback: true, about: 'Gallery at / and viewer at /view/' }),
  iiifVersion: row('IIIF_VERSION', iiifVersion, { fallback: 3, about: 'IIIF Image API version of /iiif/' }),
  iiifDelimiter: row('IIIF_DELIMITER', text(), {
    fallback: '',
    about: 'Separates a page number from the identifier; empty for none',
  }),
  iiifExtraInfo: row('IIIF_EXTRA_INFO', text(), { fallback: '', about: 'Further members of info.json, "key": value' }),
  iiifExtensions: row('IIIF_EXTENSIONS', flag(), {
    fallback: false,
    about: 'Offer the qualities negative, stretch, equalization, log',
  }),
  copyright: row('COPYRIGHT', text(), { fallback: '', about: 'Rights statement for images that have none' }),
  allowUpscaling: row('ALLOW_UPSCALING', flag(), { fallback: true, about: 'Deliver more pixels than the image has' }),
  maxCvt: row('MAX_CVT', integer({ special: maxCvt }), {
    fallback: 5000,
    about: 'Longest side of a region or export in pixels; -1 for no bound',
  }),
  interpolation: row(
    'INTERPOLATION',
    choice(['nearest', 'bilinear', 'lanczos3'], { codes: { 0: 'nearest' }, otherwise: 'bilinear' }),
    { fallback: 'bilinear', about: 'How pictures are enlarged' },
  ),
  codecPassthrough: row('CODEC_PASSTHROUGH', flag(), { fallback: true, about: 'Send stored tiles as they are' }),
  jpegQuality: row('JPEG_QUALITY', integer({ minimum: 1, maximum: 100 }), { fallback: 75, about: '1 to 100' }),
  jpegOptimize: row('SECTILE_JPEG_OPTIMIZE', flag(), {
    fallback: false,
    about: 'JPEG exports, not tiles, by MozJPEG: smaller and slower',
  }),
  jpegProgressive: row('SECTILE_JPEG_PROGRESSIVE', flag(), {
    fallback: false,
    about: 'JPEG exports, not tiles, in several scans from coarse to fine',
  }),
  pngQuality: row('PNG_QUALITY', integer({ minimum: 0, maximum: 9 }), { fallback: 1, about: 'Deflate level 0 to 9' }),
  webpQuality: row('WEBP_QUALITY', integer({ minimum: -1, maximum: 100 }), {
    fallback: 50,
    about: '0 to 100; -1 lossless',
  }),
  avifQuality: row('AVIF_QUALITY', integer({ minimum: -1, maximum: 100 }), {
    fallback: 50,
    about: '0 to 100; -1 lossless',
  }),
  avifCodec: row('AVIF_CODEC', integer({ minimum: 0, maximum: 3 }), {
    fallback: 0,
    about: 'AVIF encoder',
    noEffect: 'there is one AVIF encoder, aom',
  }),
  tiffCompression: row(
    'TIFF_COMPRESSION',
    choice(['none', 'lzw', 'deflate', 'jpeg', 'webp', 'zstd'], {
      codes: { 0: 'none', 1: 'lzw', 2: 'deflate', 3: 'jpeg', 4: 'webp', 5: 'zstd' },
      otherwise: 'none',
    }),
    { fallback: 'deflate', about: 'Compression of TIFF output, by name or 0 to 5' },
  ),
  tiffQuality: row('TIFF_QUALITY', integer({ minimum: 0, maximum: 100 }), {
    fallback: 1,
    about: 'Level or quality of TIFF output',
  }),
  maxIcc: row('MAX_ICC', integer(), {
    fallback: 65536,
    about: 'Embed ICC profiles below this size; 0 never, -1 always',
  }),
  iccConvert: row('SECTILE_ICC_CONVERT', choice(['none', 'srgb', 'display-p3']), {
    fallback: 'none',
    about: 'srgb, display-p3: turn colors into this space instead of embedding the profile of the image',
  }),
  maxLayers: row('MAX_LAYERS', integer(), {
    fallback: 0,
    about: 'JPEG 2000 quality layers decoded, at most; 0 for all',
  }),
  watermark: row('WATERMARK', text(), {
    fallback: '',
    about: 'File of a picture that is laid over answers; empty for none',
  }),
  watermarkProbability: row('WATERMARK_PROBABILITY', decimal({ minimum: 0, maximum: 1 }), {
    fallback: 1,
    about: 'Chance of a tile, or of a block of a larger answer, to carry the watermark, 0 to 1',
  }),
  watermarkOpacity: row('WATERMARK_OPACITY', decimal({ minimum: 0, maximum: 1 }), {
    fallback: 1,
    about: 'Opacity of the watermark, 0 to 1',
  }),
  watermarkPlacement: row(
    'SECTILE_WATERMARK_PLACEMENT',
    choice(['random', 'repeat', 'center', 'top-left', 'top-right', 'bottom-left', 'bottom-right']),
    { fallback: 'random', about: 'Where the watermark lies in a tile or block; repeat: all over the picture' },
  ),
  memcachedServers: row('MEMCACHED_SERVERS', text(), {
    fallback: '',
    about: 'host:port, several separated by commas',
    noEffect: 'memcached is not supported yet',
  }),
  memcachedTimeout: row('MEMCACHED_TIMEOUT', integer({ minimum: 0 }), {
    fallback: 86400,
    about: 'Seconds',
    noEffect: 'memcached is not supported yet',
  }),
  kakaduReadmode: row('KAKADU_READMODE', integer({ minimum: 0, maximum: 2 }), {
    fallback: 0,
    about: 'Strictness of the Kakadu decoder',
    noEffect: 'Kakadu is not used',
  }),
  decoderModules: row('DECODER_MODULES', text(), {
    fallback: '',
    about: 'Shared objects with decoders',
    noEffect: 'decoders are not loaded from shared objects',
  }),
  fcgiWebServerAddrs: row('FCGI_WEB_SERVER_ADDRS', text(), {
    fallback: '',
    about: 'Peers that may connect',
    noEffect: 'FastCGI is not spoken; limit who may connect with HOST or a firewall',
  }),
  compat: row('SECTILE_COMPAT', choice(['none', 'iipsrv']), {
    fallback: 'none',
    about: 'iipsrv: round as iipsrv does',
  }),
  maxImagePixels: row('SECTILE_MAX_IMAGE_PIXELS', integer({ minimum: 1 }), {
    fallback: DEFAULT_LIMITS.maxImagePixels,
    about: 'Pixels of an image that is opened at all',
  }),
  maxDecodePixels: row('SECTILE_MAX_DECODE_PIXELS', integer({ minimum: 1 }), {
    fallback: DEFAULT_LIMITS.maxDecodePixels,
    about: 'Source pixels that one request may decode',
  }),
  maxWorkingBytes: row('SECTILE_MAX_WORKING_BYTES', integer({ minimum: 1 }), {
    fallback: DEFAULT_LIMITS.maxWorkingBytes,
    about: 'Memory that one request, and all large ones under way together, may need, in bytes',
  }),
};

/** The names of all settings. */
export const SETTING_NAMES: readonly (keyof Config)[] = Object.keys(SETTINGS).filter(isSettingName);

/** Whether a text names a setting. */
export function isSettingName(name: string): name is keyof Config {
  return Object.hasOwn(SETTINGS, name);
}
