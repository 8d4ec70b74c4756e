import type { OutputFormat } from '@sectile/core/codec';
import type { PlanOptions } from '@sectile/core/render';
import type { Config } from './config/config.ts';
import { createMounts, matchMount } from './http/mounts.ts';
import { parseRequest } from './parse-request.ts';
import { createPolicy } from './policy.ts';
import type { ParsedRequest } from './protocols/protocol.ts';

/** What a server would make of a URL before it opens the image. */
export interface ExplainedUrl {
  readonly parsed: ParsedRequest;
  /** For `planRender`. */
  readonly planOptions: PlanOptions;
}

/**
 * Parses a GET of `target` (path and query, percent-encoded) as a server of this configuration does.
 *
 * @throws ImageError `request` for a URL that makes no sense.
 */
export async function explainUrl(
  target: string,
  config: Config,
  outputFormats: readonly OutputFormat[],
): Promise<ExplainedUrl> {
  const policy = createPolicy(config, outputFormats);
  const mark = target.indexOf('?');
  const match = matchMount(createMounts(config), target.slice(0, mark < 0 ? undefined : mark));
  const exchange = {
    method: 'GET',
    target,
    basePath: '',
    origin: 'http://localhost',
    header: () => undefined,
    text: async () => '',
    signal: () => undefined,
  };
  const parsed = match ? await parseRequest(exchange, match, policy.parse) : ({ kind: 'no-match' } as const);
  return { parsed, planOptions: policy.plan };
}
