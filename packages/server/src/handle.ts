import { ImageError } from '@sectile/core/errors';
import type { RenderWorker } from '@sectile/core/render';
import type { ByteCache } from './cache/byte-cache.ts';
import type { SeenUrls } from './cache/seen-urls.ts';
import { describeImage } from './describe.ts';
import type { Exchange, Reply } from './http/exchange.ts';
import type { AnswerFacts, Replies } from './http/headers.ts';
import type { MountMatch } from './http/mounts.ts';
import { dependsOnOrigin, forwardedId, publicBase, redirectTarget, type UrlConfig } from './http/public-url.ts';
import { entityTag, isNotModified, isUnmodifiedSince } from './http/validators.ts';
import type { OpenImage, OpenImages } from './images/open-images.ts';
import { pageOfView } from './images/views.ts';
import { type DocumentRequest, type ImageRequest, type PictureRequest, parseRequest } from './parse-request.ts';
import { pictureFacts } from './picture-facts.ts';
import type { Pictures } from './pictures.ts';
import type { Policy } from './policy.ts';

/** What answering requests needs. */
export interface HandlerParts {
  readonly config: UrlConfig;
  readonly policy: Policy;
  readonly images: OpenImages;
  readonly pictures: Pictures;
  readonly answers: ByteCache;
  readonly seenUrls: SeenUrls;
  readonly replies: Replies;
  readonly worker: RenderWorker;
}

/** Answers requests below the mounts of the protocols. */
export interface Handler {
  /** The answer to a URL that was answered before and is still in memory: at once, without parsing or planning. */
  recall(exchange: Exchange): Reply | undefined;
  /** The answer to any request. Rejects with an ImageError. */
  handle(exchange: Exchange, match: MountMatch): Promise<Reply>;
}

/** Creates the handler: parse, open, plan, key, 304, byte cache, single flight, execute, respond. */
export function createHandler(parts: HandlerParts): Handler {
  const { config, policy, images, pictures, answers, seenUrls, replies } = parts;

  function recall(exchange: Exchange): Reply | undefined {
    const seen = seenUrls.get(exchange.target);
    if (!seen || !images.isCurrent(seen.image, seen.revision)) return undefined;
    if (seen.origin !== undefined && seen.origin !== exchange.origin) return undefined;
    if (isNotModified(exchange.header, seen)) return replies.notModified(seen);
    const kept = answers.get(seen.key);
    return kept && 'bytes' in kept ? { status: 200, headers: seen.headers, body: kept.bytes } : undefined;
  }

  async function handle(exchange: Exchange, match: MountMatch): Promise<Reply> {
    const parsed = await parseRequest(exchange, match, policy.parse);
    switch (parsed.kind) {
      case 'no-match':
        throw new ImageError('not-found', 'No such resource');
      case 'reply':
        return replies.given(parsed.reply);
      case 'redirect':
        return replies.redirect(redirectTarget(exchange, match.mount, parsed.location, config));
      default:
        return (await unchangedSince(exchange, parsed.image)) ?? answer(exchange, match, parsed);
    }
  }

  /** 304 by date alone does not need the image opened. */
  async function unchangedSince(exchange: Exchange, id: string): Promise<Reply | undefined> {
    const since = exchange.header('if-modified-since');
    if (since === undefined || exchange.header('if-none-match') !== undefined) return undefined;
    const { lastModified } = await images.find(id);
    return isUnmodifiedSince(since, lastModified) ? replies.notModified({ lastModified }) : undefined;
  }

  function answer(exchange: Exchange, { mount }: MountMatch, parsed: ImageRequest): Promise<Reply> {
    const base = publicBase(exchange, { mount, protocol: 'protocol' in parsed ? parsed.protocol : 'iip' }, config);
    return images.use(parsed.image, (image) =>
      parsed.kind === 'render' ? deliver(exchange, image, { parsed, base }) : report(exchange, image, { parsed, base }),
    );
  }

  async function deliver(exchange: Exchange, image: OpenImage, { parsed, base }: PictureRequest): Promise<Reply> {
    const page = pageOfView(image.reader.info, parsed.view, parsed.request.page);
    const planned = await pictures.plan(image, { ...parsed.request, page });
    const facts = pictureFacts({ ...planned, parsed, base, image, policy });
    if (isNotModified(exchange.header, facts)) return replies.notModified(facts);
    const { bytes } = await pictures.make(image, planned, exchange.signal);
    const reply = replies.answer(facts, bytes);
    if (exchange.method !== 'POST') remember(exchange, image, { key: planned.key, facts, reply });
    return reply;
  }

  function remember(exchange: Exchange, image: OpenImage, { key, facts, reply }: Remembered): void {
    const { etag, lastModified, link } = facts;
    const origin = link !== undefined && dependsOnOrigin(config) ? exchange.origin : undefined;
    const { id, revision } = image;
    const { headers } = reply;
    seenUrls.set(exchange.target, { image: id, revision, key, etag, lastModified, origin, headers });
  }

  async function report(exchange: Exchange, image: OpenImage, { parsed, base }: DocumentRequest): Promise<Reply> {
    const id = forwardedId(exchange, config);
    const context = { ...parts, base, id, accept: exchange.header('accept'), signal: exchange.signal };
    const { status, body, headers, ...facts } = await describeImage(image, parsed, context);
    if (status !== undefined && status !== 200)
      return replies.given({ status, body, headers, mediaType: facts.mediaType });
    const tagged = { ...facts, etag: entityTag(body), lastModified: image.lastModified };
    return isNotModified(exchange.header, tagged) ? replies.notModified(tagged) : replies.answer(tagged, body, headers);
  }

  return { recall, handle };
}

interface Remembered {
  readonly key: string;
  readonly facts: AnswerFacts & { readonly etag: string };
  readonly reply: Reply;
}
