/** Which folder may import which. One table: the check below, the docs and reviewers read the same one. */

/** Packages in dependency order: each may import those before it. */
export const PACKAGES = ['core', 'codecs', 'server', 'cli'] as const;

/** Folders of `packages/core/src`, lowest layer first: a folder may import folders of lower layers and itself. */
export const CORE_LAYERS: readonly (readonly string[])[] = [
  ['errors.ts'],
  ['limits.ts', 'bytes', 'geometry'],
  ['pixels', 'source'],
  ['metadata'],
  ['codec', 'color', 'resample'],
  ['kernels'],
  ['tiff', 'jpeg', 'png', 'webp', 'jpeg2000', 'processing'],
  ['pyramid'],
  ['render'],
];

/** Modules of one runtime, and the file name infix that may import them. */
export const RUNTIME_MODULES: readonly { readonly prefix: string; readonly allowedIn: RegExp }[] = [
  { prefix: 'node:', allowedIn: /\.(node|fs)\.ts$|\.test\.ts$|^packages\/cli\/|^packages\/codecs\/scripts\// },
  { prefix: 'bun', allowedIn: /\.bun\.ts$/ },
  { prefix: 'cloudflare:', allowedIn: /\.workers\.ts$/ },
];
