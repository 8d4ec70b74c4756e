import { MODIFIERS } from '../iip/commands.ts';
import { createDraft, withDraft } from '../iip/draft.ts';
import { splitCommands } from '../iip/split-commands.ts';
import { queryDecode } from '../percent.ts';
import type { ParsedRequest, ParseOptions } from '../protocol.ts';

/** IIP's commands that say what is done to pixels rather than which, and how they are encoded. */
export const PROCESSING: readonly string[] = [
  'CNT',
  'GAM',
  'MINMAX',
  'INV',
  'CMP',
  'CTW',
  'SHD',
  'CNV',
  'COL',
  'QLT',
  'BIT',
  'LYR',
];

/**
 * An extension of IIIF where `extraQualities` are offered: IIP's processing commands as the query of an image request
 * (`.../default.jpg?CNT=1.2&CMP=viridis`). Such a picture has no canonical URI. Anything else in a query is passed
 * over, as the standard has it.
 */
export function withProcessing(parsed: ParsedRequest, query: string, options: ParseOptions): ParsedRequest {
  if (parsed.kind !== 'render' || !options.extraQualities || query === '') return parsed;
  const draft = createDraft();
  let isChanged = false;
  for (const { name, value } of splitCommands(query)) {
    const command = name.toUpperCase();
    if (!PROCESSING.includes(command)) continue;
    MODIFIERS[command]?.(draft, queryDecode(value));
    isChanged = true;
  }
  if (!isChanged) return parsed;
  return { ...parsed, iiifVersion: undefined, request: withDraft(parsed.request, draft) };
}
