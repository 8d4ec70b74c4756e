import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folder that bundles are written to; beside the sources, so that bare imports find `node_modules`. */
export const OUT = join(root, 'test/runtime/.out');

/**
 * Bundles an entry of this folder.
 * `node`: packages stay imports and are found as installed (their built `dist`). `workerd`: everything in one module,
 * WebAssembly left as imports of `./name.wasm`. `browser`: everything in one module, WebAssembly fetched by URL.
 */
export async function bundle(entry: string, target: 'node' | 'workerd' | 'browser'): Promise<string> {
  const outfile = join(OUT, `${basename(entry, '.ts')}.${target}.mjs`);
  await build({
    entryPoints: [join(root, 'test/runtime', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: target === 'node' ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    conditions: target === 'node' ? [] : target === 'workerd' ? ['workerd', 'worker', 'browser'] : ['browser'],
    loader: { '.tif': 'binary' },
    logLevel: 'error',
    ...(target === 'node' ? { packages: 'external' as const } : {}),
    plugins: target === 'workerd' ? [wasmByName] : [],
  });
  return outfile;
}

/** Rewrites `../../wasm/name.wasm` to `./name.wasm`, the name under which workerd is given the module. */
const wasmByName: Plugin = {
  name: 'wasm-by-name',
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
  },
};

/** The built WebAssembly modules of the codecs package: file name to path. */
export function wasmFiles(): Map<string, string> {
  const folders = ['wasm', 'vendor'].map((folder) => join(root, 'packages/codecs', folder));
  return new Map(
    folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.wasm'))
        .map((name): [string, string] => [name, join(folder, name)]),
    ),
  );
}
