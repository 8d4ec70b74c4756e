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
  /** A request header by lower-case name. */
  header(name: string): string | undefined;
}

/** A document about an image. */
export type Descriptor =
  | { readonly kind: 'iiif-info'; readonly version: 2 | 3; readonly negotiated: boolean }
  | { readonly kind: 'deepzoom'; readonly format: 'jpg' | 'png' | 'webp' }
  | { readonly kind: 'zoomify' }
  | {
      readonly kind: 'iip-objects';
      /** Lower-cased objects in the order asked for. */
      readonly objects: readonly string[];
      /** Width and height change places in Max-size. */
      readonly turned: boolean;
    };

/** What a URL means. A parser is a pure function from {@link ProtocolInput} to this; it throws `request` errors. */
export type ParsedRequest =
  | {
      readonly kind: 'render';
      readonly protocol: ProtocolName;
      /** Decoded identifier: the path of the image below the root, with forward slashes. */
      readonly image: string;
      readonly request: RenderRequest;
      /** IIIF version of the request, for Link headers and size rules. */
      readonly iiifVersion?: 2 | 3 | undefined;
      /** Name the file for saving (IIP CVT). `attachment` when posted. */
      readonly disposition?: 'inline' | 'attachment' | undefined;
    }
  | {
      readonly kind: 'describe';
      readonly protocol: ProtocolName;
      readonly image: string;
      readonly descriptor: Descriptor;
    }
  /** IIP `TIL`: several tiles of one level in one reply, column by column. */
  | {
      readonly kind: 'tile-stream';
      readonly image: string;
      readonly page: number;
      /** 0 is the smallest level. */
      readonly iipResolution: number;
      readonly firstTile: number;
      readonly lastTile: number;
    }
  /** `location` is relative to the mount point of the protocol, percent-encoded. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'no-match' };
