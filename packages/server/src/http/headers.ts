import type { Config } from '../config/config.ts';
import { VERSION } from '../version.ts';
import type { Reply } from './exchange.ts';

/** Facts that the headers of an answer state to those who keep a copy. */
export interface CopyFacts {
  /** Left out for answers that are never revalidated. */
  readonly etag?: string | undefined;
  readonly lastModified?: Date | undefined;
  /** Request headers that the answer depends on. */
  readonly vary?: string | undefined;
  /** The answer is for this client only. */
  readonly isPrivate?: boolean | undefined;
}

/** Facts that the headers of a good answer state. */
export interface AnswerFacts extends CopyFacts {
  readonly mediaType: string;
  readonly disposition?: string | undefined;
  readonly link?: string | undefined;
}

/** Headers beside those that every reply has, or in their place. */
export type ExtraHeaders = Readonly<Record<string, string>> | undefined;

/** A reply whose status, type and text are decided. */
export interface GivenReply {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string | Uint8Array;
  readonly headers?: ExtraHeaders;
}

/** Makes replies with the headers that a configuration asks for. */
export interface Replies {
  /** 200 with a body. */
  answer(facts: AnswerFacts, body: Uint8Array | string, headers?: ExtraHeaders): Reply;
  /** What a protocol has put together itself: IIP's errors and facts about the server. Not kept by caches. */
  given(reply: GivenReply): Reply;
  /** 304: what caches need to refresh their copy. */
  notModified(facts: CopyFacts): Reply;
  /** 303 to another place. */
  redirect(location: string): Reply;
  /** Short text about a failure. */
  text(status: number, body: string, headers?: ExtraHeaders): Reply;
  /** 204: answers a CORS preflight and `OPTIONS`. */
  options(allow: string): Reply;
}

const SERVER = { Server: `sectile/${VERSION}` };

/** Creates {@link Replies}. Everything that does not change from reply to reply is put together once. */
export function createReplies({ cors, cacheControl }: Pick<Config, 'cors' | 'cacheControl'>): Replies {
  const always: Readonly<Record<string, string>> =
    cors === ''
      ? SERVER
      : {
          ...SERVER,
          'Access-Control-Allow-Origin': cors,
          'Access-Control-Expose-Headers': 'Content-Length, Content-Type, ETag, Last-Modified, Link',
        };
  const preflight: Readonly<Record<string, string>> =
    cors === ''
      ? {}
      : {
          'Access-Control-Allow-Methods': 'GET, HEAD, POST, OPTIONS',
          'Access-Control-Allow-Headers': 'Accept, Content-Type, If-Modified-Since, If-None-Match, X-Requested-With',
          'Access-Control-Max-Age': '86400',
        };

  function validity({ etag, lastModified, vary, isPrivate }: CopyFacts): Record<string, string> {
    const headers: Record<string, string> = { ...always };
    const caching = isPrivate ? privately(cacheControl) : cacheControl;
    if (caching !== '') headers['Cache-Control'] = caching;
    if (etag !== undefined) headers['ETag'] = etag;
    if (lastModified) headers['Last-Modified'] = lastModified.toUTCString();
    if (vary !== undefined) headers['Vary'] = vary;
    return headers;
  }

  function given({ status, mediaType, body, headers }: GivenReply): Reply {
    const content = { 'Content-Type': mediaType, 'Content-Length': lengthOf(body) };
    return { status, headers: { ...always, 'Cache-Control': 'no-cache', ...content, ...headers }, body };
  }

  return {
    given,
    text: (status, body, headers) => given({ status, mediaType: 'text/plain; charset=utf-8', body, headers }),
    answer(facts, body, extra) {
      const headers = validity(facts);
      headers['Content-Type'] = facts.mediaType;
      headers['Content-Length'] = lengthOf(body);
      if (facts.disposition !== undefined) headers['Content-Disposition'] = facts.disposition;
      if (facts.link !== undefined) headers['Link'] = facts.link;
      return { status: 200, headers: extra ? { ...headers, ...extra } : headers, body };
    },
    notModified: (facts) => ({ status: 304, headers: validity(facts) }),
    redirect: (location) => ({
      status: 303,
      headers: { ...always, Location: location, 'Content-Length': '0' },
    }),
    options: (allow) => ({ status: 204, headers: { ...always, ...preflight, Allow: allow } }),
  };
}

/** The same reply to a HEAD request. */
export function withoutBody(reply: Reply): Reply {
  return { status: reply.status, headers: reply.headers };
}

/** `private` instead of whatever allows shared caches to keep the answer. */
function privately(cacheControl: string): string {
  const kept = cacheControl
    .split(',')
    .filter((directive) => !/^\s*(?:public|private|s-maxage=.*)?\s*$/i.test(directive));
  return ['private', ...kept.map((directive) => directive.trim())].join(', ');
}

const encoder = new TextEncoder();

function lengthOf(body: string | Uint8Array): string {
  return String(typeof body === 'string' ? encoder.encode(body).byteLength : body.byteLength);
}
