import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { shrinkInitialMemory } from './initial-memory.ts';
import { collectNotice } from './notice.ts';

/** Published Emscripten builds, as `vendor/<name>.js` and `vendor/<name>.wasm`. Paths are module specifiers. */
const GLUE: Readonly<Record<string, { readonly script: string; readonly wasm: string }>> = {
  'webp-decode': {
    script: '@jsquash/webp/codec/dec/webp_dec.js',
    wasm: '@jsquash/webp/codec/dec/webp_dec.wasm',
  },
  'webp-encode': {
    script: '@jsquash/webp/codec/enc/webp_enc_simd.js',
    wasm: '@jsquash/webp/codec/enc/webp_enc_simd.wasm',
  },
  'jpeg-optimize': {
    script: '@jsquash/jpeg/codec/enc/mozjpeg_enc.js',
    wasm: '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  },
  'avif-decode': {
    script: '@jsquash/avif/codec/dec/avif_dec.js',
    wasm: '@jsquash/avif/codec/dec/avif_dec.wasm',
  },
  'avif-encode': {
    script: '@jsquash/avif/codec/enc/avif_enc.js',
    wasm: '@jsquash/avif/codec/enc/avif_enc.wasm',
  },
};

/**
 * Declared in front of each glue: it looks around to find out where it runs and reaches for `require`, `self.location`
 * or `fetch` accordingly, which breaks on one runtime or another. With these names shadowed it finds nothing, does
 * nothing but what the WASM module asks for, and behaves the same everywhere. embind looks `ImageData` up as a global.
 */
const ENVIRONMENT = `
let moduleUrl = '', __dirname = '', __filename;
const process = void 0, document = void 0, window = void 0, self = void 0, require = void 0;
const importScripts = void 0, WorkerGlobalScope = void 0, XMLHttpRequest = void 0, fetch = void 0;
class ImageData { constructor(data, width, height) { this.data = data; this.width = width; this.height = height; } }
const globalThis = {
  ImageData, Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array, Float32Array, ArrayBuffer, Object, Array, Error,
};
`;

/** A module published inside a script as base64; becomes `vendor/zstd-decode.wasm`, without its script. */
const EMBEDDED = { name: 'zstd-decode', specifier: 'zstddec/stream', pattern: /"(AGFzbQ[A-Za-z0-9+/=]+)"/ };

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));
const outputDirectory = `${packageDirectory}vendor`;
const require = createRequire(import.meta.url);

/**
 * Turns each published Emscripten build into a script that touches no environment and a WASM file that reserves little
 * memory, under `vendor/`. Outputs whose inputs have not changed are left alone.
 */
export async function vendorGlue(): Promise<void> {
  mkdirSync(outputDirectory, { recursive: true });
  const recipe = ['vendor-glue.ts', 'initial-memory.ts'].map((file) => readFileSync(new URL(file, import.meta.url)));
  for (const [name, { script, wasm }] of Object.entries(GLUE)) {
    const scriptFile = require.resolve(script);
    const wasmBytes = readFileSync(require.resolve(wasm));
    const digest = digestOf([...recipe, readFileSync(scriptFile), wasmBytes]);
    if (isUpToDate(name, digest, ['js', 'wasm'])) continue;
    await bundle(name, scriptFile);
    writeModule(name, wasmBytes, digest);
  }
  vendorEmbedded(recipe);
  writeFileSync(`${outputDirectory}/NOTICE`, collectNotice(require));
}

function vendorEmbedded(recipe: readonly Uint8Array[]): void {
  const script = readFileSync(require.resolve(EMBEDDED.specifier));
  const digest = digestOf([...recipe, script]);
  if (isUpToDate(EMBEDDED.name, digest, ['wasm'])) return;
  const base64 = EMBEDDED.pattern.exec(script.toString())?.[1];
  if (base64 === undefined) throw new Error(`${EMBEDDED.specifier} holds no WebAssembly module`);
  writeModule(EMBEDDED.name, Buffer.from(base64, 'base64'), digest);
}

function digestOf(inputs: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(input);
  return hash.digest('hex');
}

function isUpToDate(name: string, digest: string, extensions: readonly string[]): boolean {
  const hashFile = `${outputDirectory}/${name}.hash`;
  if (![hashFile, ...extensions.map((extension) => `${outputDirectory}/${name}.${extension}`)].every(existsSync)) {
    return false;
  }
  return readFileSync(hashFile, 'utf8') === digest;
}

function writeModule(name: string, wasm: Uint8Array, digest: string): void {
  writeFileSync(`${outputDirectory}/${name}.wasm`, shrinkInitialMemory(wasm));
  writeFileSync(`${outputDirectory}/${name}.hash`, digest);
  console.log(`built vendor/${name}.wasm (${wasm.byteLength} bytes)`);
}

async function bundle(name: string, scriptFile: string): Promise<void> {
  const source = readFileSync(scriptFile, 'utf8');
  await build({
    stdin: {
      contents: `export { default as createModule } from ${JSON.stringify(scriptFile)};`,
      resolveDir: dirname(scriptFile),
      loader: 'js',
    },
    plugins: [
      {
        name: 'environment',
        setup(builder) {
          builder.onLoad({ filter: /\.js$/ }, ({ path }) =>
            path === scriptFile ? { contents: ENVIRONMENT + source, loader: 'js' } : undefined,
          );
        },
      },
    ],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    // The glue assigns to import.meta.url, which is read-only, and builds URLs that bundlers would follow.
    define: { 'import.meta.url': 'moduleUrl' },
    outfile: `${outputDirectory}/${name}.js`,
    logLevel: 'warning',
  });
}
