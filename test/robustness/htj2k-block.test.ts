import { describe, expect, it } from 'vitest';
import type { Jpeg2000Kernel } from '../../packages/codecs/src/jpeg2000/kernel.ts';
import { KernelHost } from '../../packages/codecs/src/kernels/kernel-host.ts';
import { JPEG2000_WASM } from '../conformance/jpeg2000-planes.ts';
import { largestDifference } from '../conformance/jpeg2000-truth.ts';
import { encodeHt } from '../reference/ht-encoder.ts';

const WIDTH = 21;
const HEIGHT = 18;
const MARGIN = 256;
const ROUNDS = process.env['SECTILE_FUZZ'] === undefined ? 400 : 40_000;
const host = new KernelHost<Jpeg2000Kernel>(JPEG2000_WASM);

let state = 12345;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

/** Decodes segments that lie among bytes of value `around`; all bytes have to be as they were. */
function decode(cleanup: Uint8Array, refinement: Uint8Array, around: number): Int32Array {
  return host.run((kernel) => {
    kernel.reset();
    const bytes = new Uint8Array(2 * MARGIN + cleanup.length + refinement.length).fill(around);
    bytes.set(cleanup, MARGIN);
    bytes.set(refinement, MARGIN + cleanup.length);
    const address = kernel.allocate(bytes.length);
    const segments = kernel.allocate(16);
    const output = kernel.allocateZeros(4 * WIDTH * HEIGHT + 64);
    new Uint8Array(kernel.memory.buffer).set(bytes, address);
    new Uint32Array(kernel.memory.buffer, segments, 4).set([cleanup.length, 1, refinement.length, 2]);
    kernel.decodeHtBlock(address + MARGIN, segments, 2, WIDTH, HEIGHT, 12, 3, 64, output);
    expect(Buffer.from(kernel.memory.buffer, address, bytes.length).equals(bytes)).toBe(true);
    expect(new Uint8Array(kernel.memory.buffer, output + 4 * WIDTH * HEIGHT, 64).every((byte) => byte === 0)).toBe(
      true,
    );
    return new Int32Array(kernel.memory.buffer, output, WIDTH * HEIGHT).slice();
  });
}

describe('a damaged high-throughput code-block', () => {
  const coefficients = Int32Array.from({ length: WIDTH * HEIGHT }, () => random(3) * (random(600) - 300));
  const whole = encodeHt({ width: WIDTH, height: HEIGHT, coefficients }, 3, 3);

  it('is decoded from its own bytes alone, and leaves all bytes as they were', () => {
    for (let i = 0; i < ROUNDS; i++) {
      const cleanup = random(4) === 0 ? whole.cleanup.slice(0, random(whole.cleanup.length)) : whole.cleanup.slice();
      const refinement = whole.refinement.slice(0, random(2) ? undefined : random(whole.refinement.length));
      const target = random(2) ? cleanup : refinement;
      for (let flips = random(4); flips > 0 && target.length > 0; flips--) target[random(target.length)] = random(256);
      // The last two bytes say where the streams begin: often to be hit.
      if (random(3) === 0 && cleanup.length > 1) cleanup[cleanup.length - 1] = random(cleanup.length >> 4);
      const [first, second] = [0, 0xff].map((around) => decode(cleanup, refinement, around));
      expect(largestDifference(first!, second!)).toBe(0);
    }
  });

  it('of nothing but noise is decoded in bounded time', () => {
    for (let i = 0; i < ROUNDS; i++) {
      const cleanup = Uint8Array.from({ length: random(300) }, () => (random(3) === 0 ? 0xff : random(256)));
      if (cleanup.length > 40) cleanup[cleanup.length - 1] = random(cleanup.length >> 4);
      decode(
        cleanup,
        Uint8Array.from({ length: random(60) }, () => random(256)),
        random(256),
      );
    }
  });
});
