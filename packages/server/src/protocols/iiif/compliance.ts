import type { OutputFormat } from '@sectile/core/codec';

/** The highest compliance level that is served in full. Level 2 wants PNG; nothing else that can be missing. */
export function complianceLevel(formats: readonly OutputFormat[]): 'level1' | 'level2' {
  return formats.includes('png') ? 'level2' : 'level1';
}

/** The address of the document that defines the level. */
export function profileUri(version: 2 | 3, formats: readonly OutputFormat[]): string {
  return `http://iiif.io/api/image/${version}/${complianceLevel(formats)}.json`;
}
