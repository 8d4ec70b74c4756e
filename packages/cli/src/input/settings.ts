import { resolve } from 'node:path';
import { CONFIG_FILE_VARIABLE, type ResolvedConfig, resolveConfig } from '@sectile/server';
import { loadConfigFile } from '@sectile/server/node';
import { type Invocation, textOption, UsageError } from '../command.ts';

/** Options that say how to serve; shared by `serve` and `config`. */
export const SETTING_OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  processes: { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const;

/** Help for {@link SETTING_OPTIONS}. */
export const SETTING_HELP = `  --port N       port to listen on; 0 takes a free one (default 8182)
  --host H       address to listen on (default 127.0.0.1)
  --processes N  processes that share the port (default 1)
  --config FILE  configuration file; default: sectile.config.{json,js,mjs,ts} in this folder
  --set NAME=V   any other setting, as often as needed; all of them: sectile config`;

/** Settings from file, environment and options, in that order of precedence; `folder` is served. */
export async function settingsFrom(invocation: Invocation, folder: string | undefined): Promise<ResolvedConfig> {
  const named = textOption(invocation, 'config') ?? process.env[CONFIG_FILE_VARIABLE];
  const file = await loadConfigFile(process.cwd(), named);
  const flags: Record<string, unknown> = {};
  for (const name of ['port', 'host', 'processes'] as const) {
    const value = textOption(invocation, name);
    if (value !== undefined) flags[name] = value;
  }
  if (folder !== undefined) flags['filesystemPrefix'] = `${resolve(folder)}/`;
  return resolveConfig({
    file: file?.settings,
    environment: process.env,
    flags: { ...flags, ...assignments(invocation) },
  });
}

function assignments({ values }: Invocation): Record<string, string> {
  const given = values['set'];
  const texts = Array.isArray(given) ? given.filter((text) => typeof text === 'string') : [];
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1) throw new UsageError(`--set takes NAME=VALUE, not "${text}"`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
