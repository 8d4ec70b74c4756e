import type { OutputFormat } from '@sectile/core/codec';
import type { Rect } from '@sectile/core/geometry';
import type { RenderRequest } from '@sectile/core/render';

/** The protocols spoken. */
export type ProtocolName = 'iip' | 'iiif' | 'deepzoom' | 'zoomify';

/**
 * What a parser sees of a request: never a file, never an opened image.
 * `path` is what follows the protocol's mount point, still percent-encoded, without the leading slash and without the
 * query (`my%20dir%2Fa.tif/full/max/0/default.jpg`); `query` is the raw text after `?`.
 */
export interface ProtocolInput {
  readonly path: string;
  readonly query: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Posted text; IIP reads it as a query when there is no other. */
  readonly body?: string | undefined;
  /** A request header by lower-case name. */
  header(name: string): string | undefined;
}

/** What parsers need to know of the configuration. */
export interface ParseOptions {
  /** Formats that can be encoded. */
  readonly outputFormats: readonly OutputFormat[];
  /** Format when a request names none. */
  readonly defaultFormat: OutputFormat;
  readonly allowUpscaling: boolean;
  /** IIIF version of mounts without one in their path. */
  readonly iiifVersion: 2 | 3;
  /** Text between the identifier and the page number (`image.tif;3`); empty for none. */
  readonly pageDelimiter: string;
  /** Serve the IIIF qualities `negative`, `stretch`, `equalization` and `log`. */
  readonly extraQualities: boolean;
  /** What `OBJ=IIP,1.0` answers. */
  readonly iipVersion: string;
}

/** iipsrv's defaults. */
export const DEFAULT_PARSE_OPTIONS: ParseOptions = {
  outputFormats: ['jpg', 'png', 'webp', 'avif', 'tif'],
  defaultFormat: 'jpg',
  allowUpscaling: true,
  iiifVersion: 3,
  pageDelimiter: '',
  extraQualities: false,
  iipVersion: '1.3',
};

/**
 * Which member of a multi-file sequence is meant (IIP SDS), in the numbers of its file names. For a stack in one file
 * `horizontal` is the page.
 */
export interface View {
  readonly horizontal: number;
  readonly vertical: number;
}

/** A document about an image. */
export type Descriptor =
  | { readonly kind: 'iiif-info'; readonly version: 2 | 3; readonly negotiated: boolean }
  | { readonly kind: 'deepzoom'; readonly format: OutputFormat }
  | { readonly kind: 'zoomify' }
  | {
      readonly kind: 'iip-objects';
      /** Lower-cased objects in the order asked for. */
      readonly objects: readonly string[];
      /** Width and height change places in Max-size. */
      readonly turned: boolean;
      /** The request as it came, for the error when none of the objects has a value. */
      readonly requestText: string;
    };

/** A reply that is known without opening anything. Text, never more than some kilobytes. */
export interface TextReply {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What every request that names an image tells about it. */
interface ImageAddress {
  /** Decoded identifier: the path of the image below the root, with forward slashes. */
  readonly image: string;
  readonly view?: View | undefined;
}

/** What a URL means. A parser is a pure function from {@link ProtocolInput} to this; it throws `request` errors. */
export type ParsedRequest =
  | (ImageAddress & {
      readonly kind: 'render';
      readonly protocol: ProtocolName;
      readonly request: RenderRequest;
      /** IIIF: the identifier as it belongs into a URL, page selector included. */
      readonly identifier?: string | undefined;
      /** IIIF version of the request, for Link headers and size rules. */
      readonly iiifVersion?: 2 | 3 | undefined;
      /** Name the file for saving (IIP CVT). `attachment` when posted. */
      readonly disposition?: 'inline' | 'attachment' | undefined;
    })
  | (ImageAddress & {
      readonly kind: 'describe';
      readonly protocol: ProtocolName;
      /** The page that is asked about, 0-based; it has to exist. */
      readonly page?: number | undefined;
      /** IIIF: the identifier as it belongs into a URL, page selector included; ends the `id` of info.json. */
      readonly identifier?: string | undefined;
      readonly descriptor: Descriptor;
    })
  /** IIP `TIL`: several tiles of one level in one reply, column by column. */
  | (ImageAddress & {
      readonly kind: 'tile-stream';
      readonly page: number;
      /** 0 is the smallest level. */
      readonly iipResolution: number;
      readonly firstTile: number;
      readonly lastTile: number;
    })
  /** IIP `PFL`: raw samples along a line of one level, for every page. */
  | (ImageAddress & {
      readonly kind: 'profile';
      readonly iipResolution: number;
      /** One pixel wide or high, in pixels of the level. May reach beyond it: a `request` error then. */
      readonly line: Rect;
    })
  /** IIP `SPECTRA`: the first band of one pixel, for every page. `x`, `y` count from the tile's corner. */
  | (ImageAddress & {
      readonly kind: 'spectra';
      readonly iipResolution: number;
      readonly tile: number;
      readonly x: number;
      readonly y: number;
    })
  | { readonly kind: 'reply'; readonly protocol: ProtocolName; readonly reply: TextReply }
  /**
   * `location` is percent-encoded and relative to the mount point of the protocol; it starts with `?` when the
   * request was a query (`?IIIF=`): then it is relative to the request itself.
   */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'no-match' };
