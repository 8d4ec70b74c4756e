import type { OutputFormat } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { WatermarkOverlay } from '@sectile/core/processing';
import type { ImageReader } from '@sectile/core/pyramid';
import type { RenderWorker } from '@sectile/core/render';
import type { RangeSource } from '@sectile/core/source';
import { Hono } from 'hono';
import { baseRoutePath } from 'hono/route';
import { type ByteCache, memoryCache } from './cache/byte-cache.ts';
import { createSeenUrls } from './cache/seen-urls.ts';
import type { Config } from './config/config.ts';
import { DEFAULT_CONFIG } from './config/resolve-config.ts';
import { createHandler } from './handle.ts';
import { describeFailure, errorReply, levelOf } from './http/error-reply.ts';
import { type Exchange, exchangeOf, type Reply, responseOf } from './http/exchange.ts';
import { createReplies, withoutBody } from './http/headers.ts';
import { type Log, REQUEST_VERBOSITY } from './http/log.ts';
import { createMounts, matchMount } from './http/mounts.ts';
import { createOpenImages } from './images/open-images.ts';
import type { ImageResolver } from './images/resolver.ts';
import { createMemoryGate } from './memory-gate.ts';
import type { AssetLoader } from './pages/asset.ts';
import { addPages } from './pages/routes.ts';
import { createPictures } from './pictures.ts';
import { createPolicy, watermarkOf } from './policy.ts';

/** What a server needs from its surroundings. */
export interface ImageServerDeps {
  /** Where images come from. */
  readonly images: ImageResolver;
  /** Reads the header of a source and adds levels that it lacks. Owns the source, also when it fails. */
  readonly open: (source: RangeSource) => Promise<ImageReader>;
  /** Where pixels are worked on. Stays with the caller: `close` does not touch it. */
  readonly worker: RenderWorker;
  /** Formats that `worker` can encode. */
  readonly outputFormats: readonly OutputFormat[];
  /** Finished answers. Default: in memory, as large as the configuration says. */
  readonly answers?: ByteCache | undefined;
  /** What `config.watermark` names: laid over every picture. See `readWatermark`. */
  readonly watermark?: WatermarkOverlay | undefined;
  /** Files of the gallery and the viewer; without it pages have neither style nor script. */
  readonly assets?: AssetLoader | undefined;
  readonly log?: Log | undefined;
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/** A server without a socket. */
export interface ImageServer {
  /** Everything as a Hono app: mount it with `parent.route('/img', server.app)`. */
  readonly app: Hono;
  /** Answers one request; all that a runtime needs to know of. */
  fetch(request: Request): Promise<Response>;
  /** Answers what the protocols are asked, without `Request` and `Response`; `undefined` for anything else. */
  answer(exchange: Exchange): Reply | Promise<Reply> | undefined;
  /** Forgets answers and opened images. */
  clearCaches(): void;
  /** Closes images that nobody has asked for in a while. To be called now and then. */
  sweep(): void;
  /** Closes all images. */
  close(): Promise<void>;
}

/** Answered while the server lives, whatever is mounted at the root. */
const HEALTH_PATH = '/health';

/** URLs whose meaning is remembered; about a kilobyte each. */
const MAX_SEEN_URLS = 10_000;

/**
 * Creates a server for images over IIP, IIIF, Deep Zoom and Zoomify.
 *
 * @param config Settings that differ from the defaults.
 * @throws ConfigError when a setting contradicts itself.
 */
export function imageServer(config: Partial<Config>, deps: ImageServerDeps): ImageServer {
  const settings: Config = { ...DEFAULT_CONFIG, ...config };
  const now = deps.now ?? (() => performance.now());
  const log: Log = deps.log ?? (() => {});
  const mounts = createMounts(settings);
  const replies = createReplies(settings);
  const answers = deps.answers ?? memoryCache(settings.maxImageCacheSize * 1_024_000);
  const seenUrls = createSeenUrls(MAX_SEEN_URLS);
  const images = createOpenImages({
    resolver: deps.images,
    open: deps.open,
    maxCount: settings.maxMetadataCacheSize,
    idleMs: settings.idleSeconds * 1000,
    revalidateMs: settings.revalidateSeconds * 1000,
    now,
  });
  const policy = createPolicy(settings, deps.outputFormats);
  const { worker } = deps;
  const watermark = deps.watermark && watermarkOf(deps.watermark, settings);
  const memory = createMemoryGate(settings.maxWorkingBytes);
  const maxFlights = settings.maxQueue;
  const pictures = createPictures({ answers, worker, options: policy.plan, watermark, maxFlights, memory });
  const handler = createHandler({ config: settings, policy, images, pictures, answers, seenUrls, replies, worker });

  function answer(exchange: Exchange): Reply | Promise<Reply> | undefined {
    const recalled = isRead(exchange) ? handler.recall(exchange) : undefined;
    if (recalled) return bodyFor(exchange, recalled);
    const path = pathBelow(exchange);
    const match = path === HEALTH_PATH ? undefined : matchMount(mounts, path);
    if (!match) return undefined;
    const allow = match.mount.protocol === 'iip' ? 'GET, HEAD, POST, OPTIONS' : 'GET, HEAD, OPTIONS';
    if (exchange.method === 'OPTIONS') return replies.options(allow);
    if (!allow.split(', ').includes(exchange.method))
      return replies.text(405, 'Method not allowed\n', { Allow: allow });
    return handler.handle(exchange, match).then(
      (reply) => bodyFor(exchange, reply),
      (error) => fail(exchange, error),
    );
  }

  /** The same, with a line in the log for each request. Only where somebody reads it: it costs a tenth. */
  function answerAloud(exchange: Exchange): Reply | Promise<Reply> | undefined {
    const startedAt = now();
    const reply = answer(exchange);
    const tell = (settled: Reply): Reply => {
      const { method, target } = exchange;
      const bytes = Number(settled.headers['Content-Length'] ?? 0);
      log('request', method, { target, status: settled.status, bytes, ms: Math.round((now() - startedAt) * 10) / 10 });
      return settled;
    };
    return reply instanceof Promise ? reply.then(tell) : reply && tell(reply);
  }

  function fail(exchange: Exchange, error: unknown): Reply {
    const reply = errorReply(replies, error);
    log(levelOf(reply.status), 'failed', { target: exchange.target, ...describeFailure(error) });
    return bodyFor(exchange, reply);
  }

  const respond = settings.verbosity >= REQUEST_VERBOSITY ? answerAloud : answer;
  const app = new Hono();
  app.get(HEALTH_PATH, (c) => c.text('ok\n'));
  app.use('*', async (c, next) => {
    const exchange = exchangeOf(c.req.raw, baseRoutePath(c).replace(/\/$/, ''));
    const reply = respond(exchange);
    return reply ? responseOf(await reply) : next();
  });
  if (settings.gallery) addPages(app, { config: settings, resolver: deps.images, images, assets: deps.assets });
  app.notFound((c) => responseOf(fail(exchangeOf(c.req.raw), new ImageError('not-found', 'No such resource'))));
  app.onError((error, c) => responseOf(fail(exchangeOf(c.req.raw), error)));

  return {
    app,
    fetch: async (request) => app.fetch(request),
    answer: respond,
    clearCaches() {
      answers.clear();
      seenUrls.clear();
      images.clear();
    },
    sweep: () => images.sweep(),
    async close() {
      images.clear();
    },
  };
}

function isRead({ method }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD';
}

function bodyFor({ method }: Exchange, reply: Reply): Reply {
  return method === 'HEAD' ? withoutBody(reply) : reply;
}

function pathBelow({ target, basePath }: Exchange): string {
  const mark = target.indexOf('?');
  return target.slice(basePath.length, mark < 0 ? undefined : mark);
}
