import { box } from '../fixtures/jpeg2000/jp2-file.ts';

/** What one packet adds to the code-block. */
export interface BlockLayer {
  readonly passes: number;
  /** Lengths as the packet header writes them, and the bits of each. */
  readonly lengths: readonly { readonly value: number; readonly bits: number }[];
  /** Ones of the Lblock code before the lengths. */
  readonly lengthBitsMore: number;
  readonly body: Uint8Array;
}

/** A codestream of one code-block. */
export interface OneBlock {
  readonly width: number;
  readonly height: number;
  /** Bits of the signed samples. */
  readonly bits: number;
  readonly guardBits: number;
  readonly exponent: number;
  readonly style: number;
  readonly zeroPlanes: number;
  readonly layers: readonly BlockLayer[];
}

/**
 * Writes a codestream whose samples are the coefficients of one code-block: no wavelet, one tile, one signed component, the
 * reversible path.
 */
export function oneBlockCodestream(block: OneBlock): Uint8Array {
  const { width, height, bits, layers } = block;
  const size = [0x4000, width, height, 0, 0, width, height, 0, 0];
  const siz = [...u16(size[0]!), ...size.slice(1).flatMap(u32), ...u16(1), 0x80 | (bits - 1), 1, 1];
  const blockExponents = [width, height].map((side) => Math.max(2, Math.ceil(Math.log2(side))) - 2);
  const cod = [0, 0, ...u16(layers.length), 0, 0, ...blockExponents, block.style, 1];
  const qcd = [block.guardBits << 5, block.exponent << 3];
  const packets = layers.flatMap((layer, i) => [...packetHeader(layer, i === 0, block.zeroPlanes), ...layer.body]);
  const cap = [0x00, 0x02, 0, 0, 0, 0];
  const tilePart = [...u16(0), ...u32(14 + packets.length), 0, 1];
  return Uint8Array.from([
    ...[0xff, 0x4f],
    ...segment(0x51, siz),
    ...segment(0x50, cap),
    ...segment(0x52, cod),
    ...segment(0x5c, qcd),
    ...segment(0x90, tilePart),
    ...[0xff, 0x93],
    ...packets,
    ...[0xff, 0xd9],
  ]);
}

function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, ...u16(body.length + 2), ...body];
}

function u16(value: number): number[] {
  return [value >> 8, value & 255];
}

function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

function packetHeader({ passes, lengths, lengthBitsMore }: BlockLayer, isFirst: boolean, zeroPlanes: number): number[] {
  const bits = passes === 0 ? [0] : [1, 1];
  if (passes > 0) {
    // Tag trees of one leaf: included from the first layer on; zero bit-planes in unary.
    if (isFirst) bits.push(...Array<number>(zeroPlanes).fill(0), 1);
    bits.push(...passBits(passes), ...Array<number>(lengthBitsMore).fill(1), 0);
    for (const length of lengths) bits.push(...highFirst(length.value, length.bits));
  }
  const bytes: number[] = [];
  for (let at = 0; at < bits.length || bytes.at(-1) === 0xff; ) {
    const room = bytes.at(-1) === 0xff ? 7 : 8;
    let byte = 0;
    for (let i = 0; i < room; i++) byte = byte * 2 + (bits[at++] ?? 0);
    bytes.push(byte);
  }
  return bytes;
}

/** T.800 table B.4. */
function passBits(passes: number): number[] {
  if (passes === 1) return [0];
  if (passes === 2) return [1, 0];
  if (passes < 6) return [1, 1, ...highFirst(passes - 3, 2)];
  if (passes < 37) return [1, 1, 1, 1, ...highFirst(passes - 6, 5)];
  return [1, 1, 1, 1, 1, 1, 1, 1, 1, ...highFirst(passes - 37, 7)];
}

function highFirst(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** (count - 1 - i)) % 2);
}

/** A JPH file (T.814 annex D) around a codestream: JP2 with another brand. */
export function jphFile(codestream: Uint8Array, colors: readonly Uint8Array[]): Uint8Array {
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const ihdr = Uint8Array.from([
    ...u32(view.getUint32(12) - view.getUint32(20)),
    ...u32(view.getUint32(8) - view.getUint32(16)),
    ...u16(view.getUint16(40)),
    ...[codestream[42]!, 7, 0, 0],
  ]);
  const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from([
    ...box('jP  ', Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    ...box('ftyp', Uint8Array.from([...ascii('jph '), 0, 0, 0, 0, ...ascii('jph ')])),
    ...box('jp2h', Uint8Array.from([...box('ihdr', ihdr), ...colors.flatMap((color) => [...color])])),
    ...box('jp2c', codestream),
  ]);
}
