import type { OutputFormat } from '@sectile/core/codec';
import type { Size } from '@sectile/core/geometry';

/** The name to save an export under: `<stem>_<width>x<height>.<extension>`, size before it is turned. */
export function exportFileName(image: string, size: Size, format: OutputFormat): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return `${dot > 0 ? name.slice(0, dot) : name}_${size.width}x${size.height}.${format}`;
}

/** The Content-Disposition header (RFC 6266): plain for ASCII names, with the true name beside it (RFC 8187) for others. */
export function contentDisposition(disposition: 'inline' | 'attachment', fileName: string): string {
  const plain = fileName.replace(/[^ !#-[\]-~]/gu, '_');
  const header = `${disposition}; filename="${plain}"`;
  if (plain === fileName) return header;
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${header}; filename*=UTF-8''${encoded}`;
}
