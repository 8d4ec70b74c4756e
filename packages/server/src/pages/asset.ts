/** A file for browsers. */
export interface Asset {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** Finds a file that pages refer to by its name below `/assets/`. The name is hostile. */
export type AssetLoader = (name: string) => Promise<Asset | undefined>;
