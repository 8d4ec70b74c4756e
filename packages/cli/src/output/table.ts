/**
 * Rows of label and value, the labels in one column. Rows without a value are left out. Values come from files: line
 * breaks and other control characters, which terminals obey, become spaces.
 */
export function formatTable(rows: readonly (readonly [string, string | number | undefined])[]): string {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${String(value).replace(/\p{Cc}+/gu, ' ')}`).join('\n');
}
