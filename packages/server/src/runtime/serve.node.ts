import { availableParallelism } from 'node:os';
import { createEngine, pooledRenderWorker } from '@sectile/codecs';
import { openImage, TileCache, withDerivedLevels } from '@sectile/core/pyramid';
import type { RangeSource } from '@sectile/core/source';
import { type ImageServer, imageServer } from '../app.ts';
import type { Config } from '../config/config.ts';
import { DEFAULT_CONFIG } from '../config/resolve-config.ts';
import type { Log } from '../http/log.ts';
import { folderImages, prefixProblem } from '../images/folder.node.ts';
import type { ImageResolver } from '../images/resolver.ts';
import { packageAssets } from '../pages/assets.node.ts';
import { limitsOf } from '../policy.ts';
import { listen, nodeListener } from './http-server.node.ts';
import { openLog } from './log-output.node.ts';
import { openWatermark } from './open-watermark.node.ts';

/** What to serve, and how. */
export interface ServeOptions {
  /** Settings that differ from the defaults. */
  readonly config?: Partial<Config> | undefined;
  /** Where images come from. Default: the folder that `filesystemPrefix` names. */
  readonly images?: ImageResolver | undefined;
  /** Sentences for the log at start: `ResolvedConfig.warnings`. */
  readonly warnings?: readonly string[] | undefined;
}

/** A server that listens. */
export interface RunningServer {
  readonly config: Config;
  readonly images: ImageResolver;
  /** `http://127.0.0.1:8182`, for people: an address that listens everywhere is shown as localhost. */
  readonly url: string;
  /** Forgets answers and opened images. */
  clearCaches(): void;
  /** Finishes requests under way for up to ten seconds, then stops everything. */
  stop(): Promise<void>;
}

/** How long requests under way may go on once the server stops, in milliseconds. */
const GRACE_MS = 10_000;
/** How often idle images are looked for, in milliseconds. */
const SWEEP_MS = 10_000;

/**
 * Serves images on Node's HTTP server, in this process. Resolves when it listens.
 *
 * @throws ConfigError for settings that contradict themselves; what Node throws when the port is taken.
 */
export async function serve({ config = {}, images, warnings = [] }: ServeOptions = {}): Promise<RunningServer> {
  const settings: Config = { ...DEFAULT_CONFIG, ...config };
  const log = openLog(settings);
  const problem = images ? undefined : await prefixProblem(settings.filesystemPrefix);
  for (const warning of problem === undefined ? warnings : [...warnings, problem]) log('warn', warning);
  const resolver = images ?? folderOf(settings);
  const { server, closeWorker } = await createNodeServer(settings, resolver, log);
  const listening = await listen(nodeListener(server), settings.port, settings.host);
  const sweeping = setInterval(() => server.sweep(), SWEEP_MS).unref();
  const url = urlOf(settings.host, listening.address.port);
  log('notice', 'listening', { url, pid: process.pid });
  return {
    config: settings,
    images: resolver,
    url,
    clearCaches() {
      server.clearCaches();
      log('notice', 'caches emptied');
    },
    async stop() {
      clearInterval(sweeping);
      await listening.stop(GRACE_MS);
      await server.close();
      await closeWorker();
      log('notice', 'stopped', { pid: process.pid });
    },
  };
}

async function createNodeServer(
  config: Config,
  images: ImageResolver,
  log: Log,
): Promise<{ server: ImageServer; closeWorker: () => Promise<void> }> {
  const limits = limitsOf(config);
  const engine = await createEngine({ limits });
  const watermark = config.watermark === '' ? undefined : await openWatermark(config.watermark, engine);
  const worker = pooledRenderWorker({ limits, size: threadCount(config), maxQueued: config.maxQueue });
  const cache = new TileCache(MADE_TILE_BYTES);
  const open = async (source: RangeSource) => {
    try {
      return withDerivedLevels(await openImage(source, { limits }), worker, { limits, cache });
    } catch (error) {
      await source.close();
      throw error;
    }
  };
  const { outputFormats } = engine.codecs;
  const server = imageServer(config, { images, open, worker, outputFormats, watermark, log, assets: packageAssets() });
  return { server, closeWorker: () => worker.close() };
}

/** Decoded tiles of made levels to keep, for all images together, in bytes. */
const MADE_TILE_BYTES = 2 ** 27;
/** Cores are shared out among the processes; each has one thread for pixels at least, so that answering never waits. */
function threadCount({ threads, processes }: Config): number {
  return threads > 0 ? threads : Math.max(1, Math.floor(availableParallelism() / processes));
}

function folderOf({ filesystemPrefix, filesystemSuffix, filenamePattern, followSymlinks }: Config): ImageResolver {
  return folderImages({
    prefix: filesystemPrefix,
    suffix: filesystemSuffix,
    sequenceInfix: filenamePattern,
    followSymlinks,
  });
}

function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' || host === '' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
