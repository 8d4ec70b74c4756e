import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@sectile/codecs';
import { runServer } from '@sectile/server/node';
import { type Command, UsageError } from '../command.ts';
import { SETTING_HELP, SETTING_OPTIONS, settingsFrom } from '../input/settings.ts';
import { printJson } from '../output/json.ts';
import { progressBar } from '../output/progress.ts';
import { makeSamples } from '../samples/make-samples.ts';

/** `sectile serve`: a folder over HTTP until SIGTERM or SIGINT. */
export const serveCommand: Command = {
  usage: 'serve [folder]',
  summary: 'serve a folder of images over IIIF, IIP, Deep Zoom and Zoomify',
  options: SETTING_OPTIONS,
  help: `  [folder]       the images; default: FILESYSTEM_PREFIX, else sample pictures drawn on first use\n${SETTING_HELP}

  sectile serve /images --port 8080
  FILESYSTEM_PREFIX=/images/ JPEG_QUALITY=85 sectile serve`,
  async run(invocation) {
    const [folder, extra] = invocation.positionals;
    if (extra !== undefined) throw new UsageError(`"${extra}" is one argument too many`);
    if (folder !== undefined) await assertFolder(folder);
    let { config, warnings } = await settingsFrom(invocation, folder);
    if (folder === undefined && config.filesystemPrefix === '') {
      const samples = await sampleFolder();
      ({ config, warnings } = await settingsFrom(invocation, samples));
    }
    const print = invocation.json ? (text: string) => printJson({ addresses: addressesIn(text) }) : undefined;
    await runServer({ config, warnings, print });
    await new Promise<never>(() => {}); // until a signal ends the process
  },
};

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`"${folder}" is not a folder`);
}

/** Draws what is missing of the samples, under the user's cache folder. */
async function sampleFolder(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'sectile', 'samples-1');
  const bars = new Map<string, ReturnType<typeof progressBar>>();
  await makeSamples(folder, await createEngine(), (name, done) => {
    const bar = bars.get(name) ?? progressBar(`drawing ${name}`);
    bars.set(name, bar);
    if (done < 1) bar.update(done);
    else bar.end();
  });
  return folder;
}

/** The lines of name and URL that the server prints. */
function addressesIn(text: string): Record<string, string> {
  const lines = [...text.matchAll(/^\s+(.+?)\s+(https?:\S+)$/gm)];
  return Object.fromEntries(lines.map(([, name = '', url = '']) => [name, url]));
}
