/** A width and a height in pixels, both at least 1 unless stated otherwise. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
