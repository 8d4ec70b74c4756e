import { resolve } from 'node:path';
import { canonicalKey, createStatistics, planRender } from '@sectile/core/render';
import { explainUrl, resolveConfig } from '@sectile/server';
import { folderImages } from '@sectile/server/node';
import { type Command, onlyPositional, textOption } from '../command.ts';
import { openForCommand, openSourceForCommand } from '../input/open.ts';
import { PICTURE_HELP, PICTURE_OPTIONS, policyFromOptions, requestFromOptions } from '../input/request.ts';
import { printJson } from '../output/json.ts';
import { planForCommand } from './export.ts';

/** `sectile plan`: how a URL, or an export, would be answered; nothing is decoded. */
export const planCommand: Command = {
  usage: 'plan <url or file>',
  summary: 'show how a URL or an export would be answered, without doing it',
  options: { ...PICTURE_OPTIONS, root: { type: 'string' } },
  help: `  <url>          path and query as a client sends them: /iiif/3/a.tif/full/800,/0/default.jpg
  <file>         an image, with the options of "export"
  --root DIR     folder that the URL's image lies in (default: this folder)
${PICTURE_HELP}

  sectile plan '/iip?FIF=a.tif&JTL=3,12' --root /images
  sectile plan a.tif --width 800 --format jpg`,
  async run(invocation) {
    const subject = onlyPositional(invocation, 'a URL or a file');
    const root = resolve(textOption(invocation, 'root') ?? '.');
    const explained = /^(\/|https?:\/\/[^/]+\/)(iiif|iip|deepzoom|zoomify|fcgi-bin)\b/.test(subject)
      ? await planOfUrl(subject.replace(/^https?:\/\/[^/]+/, ''), root)
      : await planOfFile();
    printJson(explained);

    async function planOfFile(): Promise<unknown> {
      const request = requestFromOptions(invocation, textOption(invocation, 'format') ?? '.jpg');
      const policyFor = policyFromOptions(invocation);
      const image = await openForCommand(subject);
      try {
        const plan = await planForCommand(request, image, await policyFor(image));
        return { request, plan, key: canonicalKey(plan) };
      } finally {
        await image.close();
      }
    }
  },
};

async function planOfUrl(target: string, root: string): Promise<unknown> {
  const { config } = resolveConfig({ environment: process.env });
  const { outputFormats } = (await import('@sectile/codecs')).defaultCodecs();
  const { parsed, planOptions } = await explainUrl(target, config, outputFormats);
  if (parsed.kind !== 'render') return { parsed };
  const found = await folderImages({ prefix: `${root}/`, suffix: config.filesystemSuffix }).find(parsed.image);
  if (!found) return { parsed, problem: 'There is no such image in the folder' };
  const image = await openSourceForCommand(await found.open());
  try {
    const { limits, compat } = planOptions;
    const statistics = await createStatistics({ worker: image.worker, limits, compat }).of(
      image.reader,
      parsed.request,
    );
    const plan = planRender(parsed.request, image.reader.info, { ...planOptions, ...statistics });
    return { parsed, plan, key: canonicalKey(plan) };
  } finally {
    await image.close();
  }
}
