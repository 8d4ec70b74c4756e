import { encodeSegment } from '../protocols/percent.ts';

/** An identifier as it stands in a path: every segment percent-encoded, slashes kept. */
export function identifierPath(id: string): string {
  return id.split('/').map(encodeSegment).join('/');
}
