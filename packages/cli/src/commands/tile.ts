import { type Command, UsageError, wholeOption } from '../command.ts';
import { PICTURE_HELP, PICTURE_OPTIONS, requestFromOptions } from '../input/request.ts';
import { renderToFile } from './export.ts';

/** `sectile tile`: one tile of one level, as the server would answer it. */
export const tileCommand: Command = {
  usage: 'tile <file> <out>',
  summary: 'write one tile of a level',
  options: { ...PICTURE_OPTIONS, col: { type: 'string' }, row: { type: 'string' } },
  help: `  <file>         a path or an http(s) URL\n  <out>          the file to write
  --level N      level, 0 = full size (default)
  --col N        column of the level's tile grid, 0 = left
  --row N        row of the level's tile grid, 0 = top
${PICTURE_HELP.split('\n')
  .filter((line) => !/--(region|width|height|level)/.test(line))
  .join('\n')}

  sectile tile slide.tif tile.jpg --level 2 --col 3 --row 1`,
  async run(invocation) {
    const [file, out, extra] = invocation.positionals;
    if (!file || !out || extra) throw new UsageError('tile takes a file and the file to write');
    for (const name of ['region', 'width', 'height']) {
      if (invocation.values[name] !== undefined) throw new UsageError(`--${name} belongs to "export", not to "tile"`);
    }
    const request = requestFromOptions(invocation, out);
    const col = wholeOption(invocation, 'col', { min: 0 }) ?? 0;
    const row = wholeOption(invocation, 'row', { min: 0 }) ?? 0;
    const tile = {
      ...request,
      level: request.level ?? ({ from: 'full', index: 0 } as const),
      region: { kind: 'tile', col, row } as const,
      size: { kind: 'native' } as const,
      output: { ...request.output, metadata: 'tile' as const },
    };
    await renderToFile({ invocation, file, out, request: tile });
  },
};
