import { stat } from 'node:fs/promises';
import { defaultCodecs } from '@sectile/codecs';
import { ImageError } from '@sectile/core/errors';
import { canonicalKey, createStatistics, planRender } from '@sectile/core/render';
import { type Config, type ExplainedUrl, explainUrl } from '@sectile/server';
import { folderImages } from '@sectile/server/node';
import { type Command, type Invocation, onlyPositional, textOption } from '../command.ts';
import { openForCommand, openSourceForCommand } from '../input/open.ts';
import { PICTURE_HELP, PICTURE_OPTIONS, policyFromOptions, requestFromOptions } from '../input/request.ts';
import { settingsFrom } from '../input/settings.ts';
import { printJson } from '../output/json.ts';
import { planForCommand } from './export.ts';

/** `sectile plan`: how a URL, or an export, would be answered; nothing is decoded. */
export const planCommand: Command = {
  usage: 'plan <url or file>',
  summary: 'show how a URL or an export would be answered, without doing it',
  options: { ...PICTURE_OPTIONS, root: { type: 'string' } },
  help: `  <url>          path and query as a client sends them: /iiif/3/a.tif/full/800,/0/default.jpg
  <file>         an image, with the options of "export"
  --root DIR     folder that the URL's image lies in (default: FILESYSTEM_PREFIX, else this folder)
${PICTURE_HELP}

  sectile plan '/iip?FIF=a.tif&JTL=3,12' --root /images
  sectile plan a.tif --width 800 --format jpg`,
  async run(invocation) {
    const subject = onlyPositional(invocation, 'a URL or a file');
    const asked = (await isFile(subject)) ? undefined : await askedOf(subject, invocation);
    printJson(asked ? await planOfUrl(asked) : await planOfFile());

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

/** A URL as the server of this folder's configuration understands it. */
interface Asked extends ExplainedUrl {
  readonly config: Config;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** What a URL asks the server for; `undefined` for one that is none of its own, and for what is no URL. */
async function askedOf(subject: string, invocation: Invocation): Promise<Asked | undefined> {
  const target = /^(?:https?:\/\/[^/]+)?(\/.*)$/.exec(subject)?.[1];
  if (target === undefined) return undefined;
  const { config } = await settingsFrom(invocation, textOption(invocation, 'root'));
  const { outputFormats } = defaultCodecs();
  const explained = await explainUrl(target, config, outputFormats);
  return explained.parsed.kind === 'no-match' ? undefined : { ...explained, config };
}

async function planOfUrl({ parsed, planOptions, config }: Asked): Promise<unknown> {
  if (parsed.kind !== 'render') return { parsed };
  const { filesystemPrefix: prefix, filesystemSuffix: suffix, followSymlinks } = config;
  const found = await folderImages({ prefix, suffix, followSymlinks }).find(parsed.image);
  if (!found) throw new ImageError('not-found', `There is no image ${JSON.stringify(parsed.image)} in the folder`);
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
