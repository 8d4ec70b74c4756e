import type { TextReply } from '../protocol.ts';

/**
 * Codes of IIP errors: `2 1` nothing to answer, `2 2` unknown command, `3 2` unknown object, `1 3` no image named.
 */
export type IipErrorCode = '1 3' | '2 1' | '2 2' | '3 2';

/** One IIP error. */
export interface IipError {
  readonly code: IipErrorCode;
  readonly argument: string;
}

const STATUSES: Readonly<Record<IipErrorCode, number>> = { '1 3': 400, '2 1': 400, '2 2': 501, '3 2': 501 };

/** Longest part of a request that is repeated in an answer, in characters. */
const LONGEST_ARGUMENT = 2000;

/**
 * The reply for one or more errors: a line `Error/<length>:<code> <argument>` for each, the length being that of code,
 * space and argument in bytes. The first error gives the status, unless the caller knows better.
 */
export function iipErrorReply(
  errors: readonly [IipError, ...IipError[]],
  status: number = STATUSES[errors[0].code],
): TextReply {
  const body = errors.map(errorLine).join('');
  return { status, mediaType: 'text/plain; charset=utf-8', body, headers: { 'Cache-Control': 'no-cache' } };
}

function errorLine({ code, argument }: IipError): string {
  const text = `${code} ${argument.slice(0, LONGEST_ARGUMENT).replace(/[\r\n]/g, ' ')}`;
  return `Error/${new TextEncoder().encode(text).length}:${text}\r\n`;
}
