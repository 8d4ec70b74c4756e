import { describe, expect, test } from 'vitest';
import { type KernelExports, KernelHost } from './kernel-host.ts';

/** (module (memory (export "memory") 1) (func (export "trap") unreachable)) */
// biome-ignore format: one section a line
const TRAPPING = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x00,
  0x05, 0x03, 0x01, 0x00, 0x01,
  0x07, 0x11, 0x02, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, 0x04, 0x74, 0x72, 0x61, 0x70, 0x00, 0x00,
  0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b,
);

type TrappingKernel = KernelExports & { readonly trap: () => void };

const createHost = () => new KernelHost<TrappingKernel>(new WebAssembly.Module(TRAPPING));
const mark = (kernel: TrappingKernel, value: number) => new Uint8Array(kernel.memory.buffer).fill(value, 0, 1);
const marked = (kernel: TrappingKernel) => new Uint8Array(kernel.memory.buffer)[0];

describe('KernelHost', () => {
  test('keeps its instance between calls', () => {
    const host = createHost();
    host.run((kernel) => mark(kernel, 7));
    expect(host.run(marked)).toBe(7);
  });

  test('turns a trap into a codec error and starts over with a fresh instance', () => {
    const host = createHost();
    host.run((kernel) => mark(kernel, 7));
    expect(() => host.run((kernel) => kernel.trap())).toThrow(expect.objectContaining({ kind: 'codec' }));
    expect(host.run(marked)).toBe(0);
  });

  test('passes errors of the work on, and starts over, because nobody knows what state it left', () => {
    const host = createHost();
    host.run((kernel) => mark(kernel, 7));
    const failure = new Error('mine');
    expect(() =>
      host.run(() => {
        throw failure;
      }),
    ).toThrow(failure);
    expect(host.run(marked)).toBe(0);
  });

  test('gives an instance up whose memory has grown large', () => {
    const host = createHost();
    host.run((kernel) => {
      mark(kernel, 7);
      kernel.memory.grow(1025);
    });
    expect(host.run((kernel) => kernel.memory.buffer.byteLength)).toBe(65536);
  });
});
