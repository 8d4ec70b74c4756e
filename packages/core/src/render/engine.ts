import type { CodecRegistry } from '../codec/codec.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Limits } from '../limits.ts';

/** What turning bytes into pictures needs beside the bytes: no I/O, no global state. */
export interface Engine {
  readonly codecs: CodecRegistry;
  readonly kernels: Kernels;
  readonly limits: Limits;
}
