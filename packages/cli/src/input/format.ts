import type { OutputFormat } from '@sectile/core/codec';
import { UsageError } from '../command.ts';

const FORMATS: Readonly<Record<string, OutputFormat>> = {
  jpg: 'jpg',
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  tif: 'tif',
  tiff: 'tif',
};

/** The format by `--format`, else by the extension of the file to write. */
export function outputFormat(option: string | undefined, file: string): OutputFormat {
  const name = (option ?? /\.([a-z0-9]+)$/i.exec(file)?.[1] ?? '').toLowerCase();
  const format = FORMATS[name];
  if (!format) {
    throw new UsageError(
      option === undefined
        ? `the format is not clear from "${file}": name it with --format jpg|png|webp|avif|tif`
        : `--format takes jpg, png, webp, avif or tif, not "${option}"`,
    );
  }
  return format;
}
