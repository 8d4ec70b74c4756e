import type { WatermarkPlacement } from '@sectile/core/processing';

/**
 * Every setting of a server. Those that iipsrv knows keep its names (in camel case), meaning and, but for `cors`,
 * `logFile` and `memcachedServers`, its defaults; see `settings-table.ts` for the variables they are read from.
 */
export interface Config {
  /** 0: silent, 1: start, stop and failures, 2: also every request, 3 and more: details of failures. */
  readonly verbosity: number;
  /** File that log lines are appended to; empty: standard error. */
  readonly logFile: string;
  readonly logFormat: 'json' | 'text';
  /** Finished answers kept in memory, in units of 1 024 000 bytes. 0: none; `Infinity`: no bound. */
  readonly maxImageCacheSize: number;
  /** Opened images kept. 0: none; `Infinity`: no bound. */
  readonly maxMetadataCacheSize: number;
  /** Put before every identifier as it is. Nothing outside its folder can be reached. */
  readonly filesystemPrefix: string;
  /** Put behind every identifier as it is. */
  readonly filesystemSuffix: string;
  /** Between the name of a sequence and the numbers of its files; empty: no sequences. */
  readonly filenamePattern: string;
  readonly followSymlinks: boolean;
  /** 1 to 100. */
  readonly jpegQuality: number;
  /** JPEG exports by the slower encoder of smaller files. */
  readonly jpegOptimize: boolean;
  /** JPEG exports in several scans, from coarse to fine. */
  readonly jpegProgressive: boolean;
  /** Deflate level 0 to 9. */
  readonly pngQuality: number;
  /** 0 to 100; -1: lossless. */
  readonly webpQuality: number;
  /** 0 to 100; -1: lossless. */
  readonly avifQuality: number;
  readonly avifCodec: number;
  readonly tiffCompression: 'none' | 'lzw' | 'deflate' | 'jpeg' | 'webp' | 'zstd';
  /** Level (Deflate to 9, Zstandard to 19) or quality of TIFF output. */
  readonly tiffQuality: number;
  /** Longest side of a region or whole image that is delivered, in pixels; `Infinity`: no bound. */
  readonly maxCvt: number;
  readonly allowUpscaling: boolean;
  readonly maxLayers: number;
  /** File of a picture (TIFF, PNG, WebP ...) that is laid over answers; empty: none. */
  readonly watermark: string;
  /** Chance of a tile, or of a block of a larger answer, to carry the watermark: 0 to 1. */
  readonly watermarkProbability: number;
  /** 0 to 1, times the watermark's own alpha. */
  readonly watermarkOpacity: number;
  /** Where the watermark lies in a tile or block; `repeat`: one beside the other all over the picture. */
  readonly watermarkPlacement: WatermarkPlacement;
  readonly memcachedServers: string;
  /** Seconds. */
  readonly memcachedTimeout: number;
  readonly interpolation: 'nearest' | 'bilinear' | 'lanczos3';
  /** Value of `Access-Control-Allow-Origin`; empty: no CORS headers. */
  readonly cors: string;
  /** What IIIF identifiers without a version in their path are put behind to make a public URI; empty: from the request. */
  readonly baseUrl: string;
  /** Public URL of the server's root without trailing slash; empty: from the request. */
  readonly publicUrl: string;
  /** Believe `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-IIIF-Id`. Only behind a proxy that sets them. */
  readonly trustProxy: boolean;
  /** Value of `Cache-Control` on good answers; empty: none. */
  readonly cacheControl: string;
  /** `prefix=>protocol`, several separated by commas. */
  readonly uriMap: string;
  /** Embed ICC profiles of fewer bytes; 0: never, negative: always. */
  readonly maxIcc: number;
  /**
   * `srgb`: turn colors into sRGB by the image's profile instead of embedding it; `display-p3`: into Display P3, with its
   * profile. CMYK and CIELAB become sRGB with `none`.
   */
  readonly iccConvert: 'none' | 'srgb' | 'display-p3';
  /** Send stored tiles as they are where they already are the answer. */
  readonly codecPassthrough: boolean;
  readonly kakaduReadmode: number;
  readonly iiifVersion: 2 | 3;
  /** Separates a page number from the identifier in IIIF; empty: off. */
  readonly iiifDelimiter: string;
  /** Members for every info.json: the inside of a JSON object. */
  readonly iiifExtraInfo: string;
  /** Offer the qualities negative, stretch, equalization and log. */
  readonly iiifExtensions: boolean;
  /** Rights statement for images that have none. */
  readonly copyright: string;
  readonly decoderModules: string;
  readonly fcgiWebServerAddrs: string;
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0: any free one. */
  readonly port: number;
  /** Processes that share the port. */
  readonly processes: number;
  /** Threads of each process for pixel work; 0: as many as there are cores for it. */
  readonly threads: number;
  /** How long an image may be served before its store is asked again whether it has changed. */
  readonly revalidateSeconds: number;
  /** An opened image not used for so long is closed. */
  readonly idleSeconds: number;
  /** Renders under way at once in one process before more are refused with 503. */
  readonly maxQueue: number;
  /** Show a gallery at `/` and a viewer at `/view/`. */
  readonly gallery: boolean;
  /** `iipsrv`: round as iipsrv does where that is merely different, for answers equal to its. */
  readonly compat: 'none' | 'iipsrv';
  readonly maxImagePixels: number;
  readonly maxDecodePixels: number;
  readonly maxWorkingBytes: number;
}
