import { stat } from 'node:fs/promises';
import type { ImageInfo } from '@sectile/core/pyramid';
import { type Command, onlyPositional } from '../command.ts';
import { openForCommand } from '../input/open.ts';
import { printJson } from '../output/json.ts';
import { formatTable } from '../output/table.ts';

/** `sectile info`: what a file holds and how it will be served. */
export const infoCommand: Command = {
  usage: 'info <file>',
  summary: 'show what an image holds: size, samples, levels, metadata',
  options: {},
  help: `  <file>         a path or an http(s) URL\n  --json         all facts as JSON`,
  async run(invocation) {
    const location = onlyPositional(invocation, 'the file');
    const image = await openForCommand(location);
    try {
      const { info } = image.reader;
      if (invocation.json) printJson({ ...info, revision: image.reader.revision });
      else console.log(describeInfo(info, await byteLength(location)));
    } finally {
      await image.close();
    }
  },
};

async function byteLength(location: string): Promise<number | undefined> {
  return (await stat(location).catch(() => undefined))?.size;
}

function describeInfo(info: ImageInfo, bytes: number | undefined): string {
  const { metadata, storage } = info;
  const pixels = info.width * info.height;
  const facts = formatTable([
    ['format', info.format],
    [
      'size',
      `${info.width} x ${info.height} (${formatCount(pixels)} pixels${bytes ? `, ${formatCount(bytes)} bytes` : ''})`,
    ],
    ['samples', `${info.bands} x ${info.bitsPerSample} bit ${info.color}, as ${info.dtype}`],
    ['extra samples', info.extraSamples.join(', ')],
    ['storage', `${storage.compression}, ${storage.photometric}, ${storage.layout}`],
    ['range', rangesOf(info)],
    [
      'pages',
      info.pages.length > 1
        ? `${info.pages.length}: ${info.pages.map(({ name }, index) => name || index).join(', ')}`
        : undefined,
    ],
    ['density', metadata.density && `${metadata.density.x} x ${metadata.density.y} per ${metadata.density.unit}`],
    ['orientation', metadata.orientation === 1 ? undefined : metadata.orientation],
    ['profile', metadata.icc && `ICC, ${metadata.icc.length} bytes`],
    ['xmp', metadata.xmp && `${metadata.xmp.length} bytes`],
    ...Object.entries(metadata.text),
  ]);
  const levels = info.levels.map(
    (level, index) =>
      `  ${String(index).padStart(2)}  ${`${level.width} x ${level.height}`.padEnd(16)} ${`tiles ${level.tileWidth} x ${level.tileHeight}`.padEnd(20)} ${level.stored ? 'stored' : 'made when asked for'}`,
  );
  return `${facts}\nlevels\n${levels.join('\n')}`;
}

function rangesOf(info: ImageInfo): string | undefined {
  const texts = info.ranges.map(({ minimum, maximum }) => `${minimum}..${maximum}`);
  return new Set(texts).size === 1 ? texts[0] : texts.join(', ');
}

/** 1234567 as `1.2 M`. */
function formatCount(count: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(count) / 3)));
  return `${(count / 1000 ** power).toFixed(power === 0 ? 0 : 1)}${units[power]}`;
}
