/**
 * zlib streams (RFC 1950) by whatever the runtime has. The package's `imports` pick who provides it: `#zlib` exports
 * `loadZlib`.
 *
 * Both functions are synchronous: decoding happens inside loops over segments.
 */
export interface Zlib {
  /**
   * Inflates at most `byteLength` bytes. Data that ends early or breaks yields what came before; checksums are not
   * looked at, because a picture with one wrong byte is worth more than none.
   */
  inflate(bytes: Uint8Array, byteLength: number): Uint8Array;
  /** Deflates at a level from 0 (store) to 9. `strategy`: what kind of data; `filtered` is made for PNG rows. */
  deflate(bytes: Uint8Array, level: number, strategy: 'default' | 'filtered' | 'rle'): Uint8Array;
}
