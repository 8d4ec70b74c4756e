import type { BandRange } from '../metadata/image-info.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { DecoderId, EncoderId, OutputFormat } from './formats.ts';
import type { JpegRows } from './jpeg-rows.ts';
import type { Jpeg2000Window } from './jpeg2000-window.ts';

/** Undoes a compression of bytes (deflate, LZW, PackBits, Zstandard ...). Knows nothing of pixels. */
export interface ByteDecoder {
  readonly kind: 'bytes';
  /**
   * @param byteLength Bytes expected, which is also the most that is produced: longer data is cut there, so that
   *   a small segment cannot unpack into gigabytes.
   * @returns At most `byteLength` bytes, the caller's to change. Fewer when the data ends early: the caller decides whether that is fatal.
   * @throws ImageError `codec` when the data is broken before anything could be decoded.
   */
  decode(bytes: Uint8Array, byteLength: number, options?: ByteDecodeOptions): Uint8Array;
}

/** What some byte compressions need to know. */
export interface ByteDecodeOptions {
  /** TIFF FillOrder 2: least significant bit first. LZW and CCITT have to know; others see reversed bytes already. */
  readonly leastSignificantBitFirst?: boolean;
}

/** What an image decoder should deliver. Everything is optional and a hint the decoder may not ignore. */
export interface DecodeRequest {
  /** Shared tables of an abbreviated JPEG stream (TIFF JPEGTables), a whole SOI ... EOI stream. */
  readonly tables?: Uint8Array | undefined;
  /**
   * What the stored components mean when the stream itself does not say (JPEG in TIFF: PhotometricInterpretation).
   * `none`: hand out the components as stored. `ycbcr`: convert to RGB. Default: what the stream's own markers say.
   */
  readonly colorTransform?: 'none' | 'ycbcr' | undefined;
  /** Pixels expected, for checking and for refusing before allocation. */
  readonly maxPixels: number;
  /**
   * Bands that a container around the stream promises (TIFF SamplesPerPixel). WebP drops an alpha band that is all
   * opaque, and it is put back when four are expected. Default: what the stream has.
   */
  readonly bands?: number | undefined;
  /** JPEG 2000: resolution levels to leave out, 0 = full size. JPEG: log2 of the DCT scaling, 0 to 3. */
  readonly discardLevels?: number | undefined;
  /** JPEG 2000: the bytes are the code-blocks of this window rather than a file. */
  readonly jpeg2000?: Jpeg2000Window | undefined;
  /** `tables` are the headers of a JPEG file up to its scan, the bytes some of that scan's MCU rows. */
  readonly jpegRows?: JpegRows | undefined;
  /** Rare TIFF compressions: fields of the directory that the decoder needs. */
  readonly tiff?: RareTiffFields | undefined;
}

/**
 * Directory fields that CCITT, ThunderScan, LogLuv and LERC need beside the bytes of a segment.
 *
 * Decoders hand out samples as stored, those below 8 bits scaled to 0..255: a fax pixel that is 1 becomes 255 even
 * where `photometric` is WhiteIsZero, for the caller turns those over. LogLuv and LogL become 8-bit RGB and gray.
 */
export interface RareTiffFields {
  readonly compression: number;
  readonly photometric: number;
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly bitsPerSample: number;
  readonly fillOrder: 1 | 2;
  /** T4Options (292) or T6Options (293). */
  readonly faxOptions: number;
  /** Any further field by tag number, as plain numbers. */
  readonly fields: Readonly<Record<number, readonly number[]>>;
}

/** Decodes a compressed picture: JPEG, WebP, PNG, JPEG 2000 ... */
export interface ImageDecoder {
  readonly kind: 'image';
  /** @throws ImageError `codec` | `unsupported` | `limit`. */
  decode(bytes: Uint8Array, request: DecodeRequest): PixelBuffer;
}

/** A decoder of either kind; `kind` tells which. */
export type Decoder = ByteDecoder | ImageDecoder;

/** Settings of an encoder. Each encoder clamps and uses what applies to it; the planner fills only what applies. */
export interface EncodeOptions {
  /** 1 to 100 for JPEG, WebP and AVIF; 0 to 9 (deflate level) for PNG; by compression for TIFF. -1: lossless WebP/AVIF. */
  readonly quality: number;
  /** JPEG: chroma subsampling. Default `4:2:0`. */
  readonly subsampling?: '4:4:4' | '4:2:0' | undefined;
  /** JPEG: by the encoder `jpg-optimized`: a sixth smaller at the same quality, several times as slow. */
  readonly optimize?: boolean | undefined;
  /** JPEG: several scans from coarse to fine. */
  readonly progressive?: boolean | undefined;
  /** TIFF output. */
  readonly compression?: 'none' | 'lzw' | 'deflate' | 'jpeg' | 'webp' | 'zstd' | undefined;
  readonly metadata?: OutputMetadata | undefined;
  /** TIFF: what is black and white of each band, where that is not what its type can hold; and the value for nothing. */
  readonly ranges?: readonly BandRange[] | undefined;
  readonly noData?: number | undefined;
  /** The last band is unassociated alpha. Default: true for 2 and 4 bands of PNG, WebP and AVIF. */
  readonly alpha?: boolean | undefined;
}

/** What travels with the pixels into an output file. */
export interface OutputMetadata {
  readonly icc?: Uint8Array | undefined;
  /** XMP packet, UTF-8. */
  readonly xmp?: Uint8Array | undefined;
  /** A TIFF-structured Exif block without the `Exif\0\0` prefix. */
  readonly exif?: Uint8Array | undefined;
  /** Pixels per `unit`. */
  readonly density?: { readonly x: number; readonly y: number; readonly unit: 'inch' | 'cm' } | undefined;
  /** Plain text: title, creator, rights, description. */
  readonly text?: Readonly<Record<string, string>> | undefined;
}

/** Encodes pixels into a file format. */
export interface ImageEncoder {
  readonly kind: 'encoder';
  readonly mediaType: string;
  /** What the encoder takes; the planner converts pixels so that they fit. */
  readonly accepts: { readonly bands: readonly number[]; readonly dtypes: readonly string[] };
  /** @throws ImageError `codec` | `unsupported`. */
  encode(pixels: PixelBuffer, options: EncodeOptions): Uint8Array;
}

/** Finds codecs by id. Loading may be asynchronous (WASM), using them never is. */
export interface CodecRegistry {
  /** Formats that `encoder` can deliver: what a server may advertise. */
  readonly outputFormats: readonly OutputFormat[];
  readonly decoderIds: readonly DecoderId[];
  /** @throws ImageError `unsupported` when there is none. Returns without a promise once loaded. */
  decoder(id: DecoderId): Decoder | Promise<Decoder>;
  /** @throws ImageError `unsupported` when there is none. */
  encoder(id: EncoderId): ImageEncoder | Promise<ImageEncoder>;
}
