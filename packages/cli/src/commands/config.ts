import { type ConfigEntry, describeConfig } from '@sectile/server';
import { type Command, UsageError } from '../command.ts';
import { SETTING_HELP, SETTING_OPTIONS, settingsFrom } from '../input/settings.ts';
import { printJson } from '../output/json.ts';

/** `sectile config`: every setting, its value, and where that came from. */
export const configCommand: Command = {
  usage: 'config',
  summary: 'show every setting and where its value comes from',
  options: SETTING_OPTIONS,
  help: SETTING_HELP,
  async run(invocation) {
    if (invocation.positionals.length > 0)
      throw new UsageError(`"${invocation.positionals[0]}" is one argument too many`);
    const resolved = await settingsFrom(invocation, undefined);
    const entries = describeConfig(resolved);
    if (invocation.json) printJson(entries);
    else console.log(entries.map(formatEntry).join('\n'));
    for (const warning of resolved.warnings) console.error(`warning: ${warning}`);
  },
};

function formatEntry({ name, variable, value, origin, about }: ConfigEntry): string {
  const shown = value === '' ? '(empty)' : String(value);
  return `${name} = ${shown}  [${origin}]\n    ${variable}: ${about}`;
}
