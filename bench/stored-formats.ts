/** Groups of `bench/kernels.ts`: formats of segments and PNG files, beside the packages that were tried first (decision 9). */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { createKernelInflate } from '../packages/codecs/src/deflate/kernel-inflate.ts';
import { pakoZlib } from '../packages/codecs/src/deflate/pako.ts';
import { loadZlib } from '../packages/codecs/src/deflate/zlib.node.ts';
import { defaultCodecs } from '../packages/codecs/src/index.ts';
import { createLzwDecoder } from '../packages/codecs/src/lzw/decode.ts';
import { lzwEncode } from '../packages/codecs/src/lzw/encode.ts';
import { decodeCcitt } from '../packages/codecs/src/tiff-rare/ccitt.ts';
import { WASM_FILES, type WasmName } from '../packages/codecs/src/wasm/names.ts';
import { createZstdDecoder } from '../packages/codecs/src/zstd/decode.ts';
import type { PixelBuffer } from '../packages/core/src/pixels.ts';
import type { Group } from './group.ts';

const require = createRequire(import.meta.url);
const requireOfCodecs = createRequire(require.resolve('../packages/codecs/package.json'));

/** The parts of `utif2` that are called below. */
interface Utif {
  decode(bytes: Uint8Array): Record<string, unknown>[];
  decodeImage(bytes: Uint8Array, ifd: unknown): void;
}
const utif: Utif = requireOfCodecs('utif2');

export async function storedFormatGroups(photo: PixelBuffer): Promise<readonly Group[]> {
  return [...(await byteGroups(differenced(photo))), ...(await pngGroups(photo)), ...libvipsGroups(photo)];
}

function kernelModule(name: WasmName): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(require.resolve(`../packages/codecs/${WASM_FILES[name]}`)));
}

/** Rows as TIFF's horizontal predictor stores them. */
function differenced({ data, width, height, bands }: PixelBuffer): Uint8Array {
  const rowBytes = width * bands;
  return Uint8Array.from({ length: rowBytes * height }, (_, i) =>
    i % rowBytes < bands ? data[i]! : data[i]! - data[i - bands]!,
  );
}

async function byteGroups(bytes: Uint8Array): Promise<readonly Group[]> {
  const deflated = deflateSync(bytes);
  const coded = lzwEncode(bytes);
  const inflate = createKernelInflate(kernelModule('inflate'));
  const zlib = await loadZlib();
  const wasm = createLzwDecoder(kernelModule('lzw-decode'));
  const typescript = createLzwDecoder();
  return [
    {
      name: `inflate ${bytes.length} bytes of a photograph, differenced`,
      contenders: [
        { name: 'sectile, WebAssembly', run: () => inflate(deflated, bytes.length) },
        { name: 'node:zlib', run: () => zlib.inflate(deflated, bytes.length) },
        { name: 'pako', run: () => pakoZlib.inflate(deflated, bytes.length) },
      ],
    },
    {
      name: `LZW decode ${bytes.length} bytes of a photograph, differenced`,
      contenders: [
        { name: 'sectile, WebAssembly', run: () => wasm.decode(coded, bytes.length, {}) },
        { name: 'sectile, TypeScript', run: () => typescript.decode(coded, bytes.length, {}) },
      ],
    },
  ];
}

/** What lies below `@jsquash/png`, which only adds promises. */
interface PngCrate {
  default(module: WebAssembly.Module): Promise<unknown>;
  encode(data: Uint8Array, width: number, height: number, bitDepth: number): Uint8Array;
}

async function pngGroups(photo: PixelBuffer): Promise<readonly Group[]> {
  const encoder = await defaultCodecs().encoder('png');
  const crate: PngCrate = await import(requireOfCodecs.resolve('@jsquash/png/codec/pkg/squoosh_png.js'));
  await crate.default(
    new WebAssembly.Module(readFileSync(requireOfCodecs.resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'))),
  );
  const { width, height } = photo;
  const rgba = (pixels: PixelBuffer): PixelBuffer => {
    const data = new Uint8Array(4 * width * height).fill(255);
    for (const [i, sample] of pixels.data.entries()) data[4 * Math.floor(i / 3) + (i % 3)] = sample;
    return { ...pixels, bands: 4, data };
  };
  const sparse = { ...photo, data: Uint8Array.from(photo.data, (value, i) => (i % (width * 3) < 60 ? value : 0)) };
  const group = (name: string, picture: PixelBuffer): Group => {
    const data = new Uint8Array(picture.data);
    const ours = encoder.encode(picture, { quality: 1 }).length;
    const theirs = crate.encode(data, width, height, 8).length;
    return {
      name: `PNG encode ${width}x${height} RGBA, ${name}: ${ours} bytes, @jsquash/png ${theirs}`,
      contenders: [
        { name: 'sectile', run: () => encoder.encode(picture, { quality: 1 }) },
        { name: '@jsquash/png', run: () => crate.encode(data, width, height, 8) },
      ],
    };
  };
  return [group('a photograph', rgba(photo)), group('a sparse overlay', rgba(sparse))];
}

/** What takes libvips (Debian's libvips-tools) to code. */
function libvipsGroups(photo: PixelBuffer): readonly Group[] {
  if (spawnSync('vips', ['--version']).error) return [];
  return [zstdGroup(photo), faxGroup()];
}

/** `fzstd` is installed with the contenders of the servers. */
function zstdGroup({ data, width, height }: PixelBuffer): Group {
  const picture = Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), data as Uint8Array]);
  const { strip } = codedTiff('picture.ppm', picture, ['--compression', 'zstd', '--predictor', 'none']);
  const decoder = createZstdDecoder(kernelModule('zstd-decode'));
  const contenders = [{ name: 'sectile (zstddec)', run: () => decoder.decode(strip, data.length, {}) as unknown }];
  if (existsSync(new URL('node_modules/fzstd', import.meta.url))) {
    const { decompress } = require('fzstd');
    contenders.push({ name: 'fzstd', run: () => decompress(strip) });
  }
  return { name: `Zstandard decode ${data.length} bytes of a photograph`, contenders };
}

/** A page of lines of text, as wide as A4 at 300 dots an inch. */
function faxGroup(): Group {
  const [width, height] = [2480, 3508];
  const page = Buffer.concat([Buffer.from(`P4\n${width} ${height}\n`), drawPage(width, height)]);
  const { bytes, strip } = codedTiff('page.pbm', page, ['--compression', 'ccittfax4', '--bitdepth', '1']);
  return {
    name: `CCITT Group 4 decode ${width}x${height}, ${strip.length} bytes`,
    contenders: [
      { name: 'sectile', run: () => decodeCcitt(strip, { width, height, scheme: 'group4', twoDimensional: true }) },
      {
        name: 'utif2',
        run: () => {
          const [page] = utif.decode(bytes);
          utif.decodeImage(bytes, page);
          return page;
        },
      },
    ],
  };
}

/** Lines of 30 rows, and letters of strokes that lean with the row. One bit a pixel. */
function drawPage(width: number, height: number): Uint8Array {
  const rowBytes = width / 8;
  const page = new Uint8Array(rowBytes * height);
  for (let y = 200; y < height - 200; y++) {
    if (y % 50 >= 30) continue;
    const line = Math.imul(Math.floor(y / 50), 40503);
    for (let x = 25; x < rowBytes - 25; x++) {
      page[y * rowBytes + x] = ((Math.imul(x, 2654435761) ^ line) >>> (8 + (y % 7))) & 0x3c;
    }
  }
  return page;
}

/** A file that libvips reads as a TIFF of one strip. */
function codedTiff(
  name: string,
  picture: Uint8Array,
  options: readonly string[],
): { bytes: Uint8Array; strip: Uint8Array } {
  const folder = mkdtempSync(join(tmpdir(), 'sectile-stored-'));
  try {
    const target = join(folder, 'target.tif');
    writeFileSync(join(folder, name), picture);
    execFileSync('vips', ['tiffsave', join(folder, name), target, ...options, '--tile-height', '16384'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const bytes = new Uint8Array(readFileSync(target));
    const [ifd] = utif.decode(bytes);
    const [[start], [length]] = [ifd!['t273'], ifd!['t279']] as [number[], number[]];
    return { bytes, strip: bytes.subarray(start, start! + length!) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
