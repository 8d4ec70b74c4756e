import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Asset, AssetLoader } from './asset.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** A file name, or one below `images/`: nothing that leads elsewhere. */
const SAFE_NAME = /^(?:images\/)?[\w-]+(?:\.[\w-]+)+$/;

/** Serves this package's `assets` folder, and below `openseadragon/` the viewer as it was installed. Files are kept. */
export function packageAssets(): AssetLoader {
  const own = fileURLToPath(new URL('../../assets/', import.meta.url));
  const openSeadragon = dirname(createRequire(import.meta.url).resolve('openseadragon'));
  const kept = new Map<string, Asset>();

  return async function loadAsset(name) {
    const known = kept.get(name);
    if (known) return known;
    const [folder, file] = name.startsWith('openseadragon/')
      ? [openSeadragon, name.slice('openseadragon/'.length)]
      : [own, name];
    const mediaType = MEDIA_TYPES[extname(file)];
    if (!SAFE_NAME.test(file) || mediaType === undefined) return undefined;
    const bytes = await readFile(join(folder, file)).catch(() => undefined);
    if (!bytes) return undefined;
    const asset = { bytes, mediaType };
    kept.set(name, asset);
    return asset;
  };
}
