import { parseArgs } from 'node:util';
import { isImageError } from '@sectile/core/errors';
import { ConfigError } from '@sectile/server';
import { type Command, UsageError } from './command.ts';
import { configCommand } from './commands/config.ts';
import { exportCommand } from './commands/export.ts';
import { infoCommand } from './commands/info.ts';
import { planCommand } from './commands/plan.ts';
import { serveCommand } from './commands/serve.ts';
import { tileCommand } from './commands/tile.ts';
import { SECTILE_VERSION } from './version.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: serveCommand,
  info: infoCommand,
  export: exportCommand,
  tile: tileCommand,
  plan: planCommand,
  config: configCommand,
};

/** Runs `sectile` with the arguments after the command's name and returns the exit code: 0, 1 failed, 2 wrong usage. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    console.log(SECTILE_VERSION);
    return 0;
  }
  const command = COMMANDS[name];
  if (!command) {
    console.error(`sectile: there is no command "${name}". Try: sectile --help`);
    return 2;
  }
  return runCommand(name, command, rest);
}

async function runCommand(name: string, command: Command, args: string[]): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  const interrupted = (): AbortSignal => {
    process.once('SIGINT', onInterrupt);
    return interrupt.signal;
  };
  try {
    const options = { ...command.options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ args: joinNegative(args, options), allowPositionals: true, options });
    if (values['help']) {
      console.log(`Usage: sectile ${command.usage}\n\n${command.summary}\n\n${command.help}`);
      return 0;
    }
    await command.run({ values, positionals, json: values['json'] === true, interrupted });
    return 0;
  } catch (error) {
    if (isUsage(error)) {
      const [what] = firstLine(error).split('. To specify a positional argument');
      console.error(`sectile ${name}: ${what}. Try: sectile ${name} --help`);
      return 2;
    }
    console.error(`sectile ${name}: ${explain(error)}`);
    return 1;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** `--rotate -90` as `--rotate=-90`: Node takes what begins with a dash for an option. */
function joinNegative(args: readonly string[], options: Command['options']): string[] {
  const joined: string[] = [];
  for (const argument of args) {
    const before = joined.at(-1) ?? '';
    const takesValue = before.startsWith('--') && options[before.slice(2)]?.type === 'string';
    if (takesValue && /^-\.?\d/.test(argument)) joined[joined.length - 1] = `${before}=${argument}`;
    else joined.push(argument);
  }
  return joined;
}

function isUsage(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof ConfigError) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** Standard hints, by kind, for what a person can do about it. */
const HINTS = {
  malformed: 'The file is damaged or not what its name says',
  unsupported: 'This build cannot do that',
  limit: 'Ask for less, or raise the limit',
  source: 'Check that the file exists and can be read',
  codec: 'The picture data is damaged',
  request: 'Change the request',
  'not-found': 'Check the path; pages and levels are listed by: sectile info',
  aborted: 'Stopped',
} as const;

function explain(error: unknown): string {
  if (isImageError(error)) return `${error.message} (${HINTS[error.kind]})`;
  return error instanceof Error ? firstLine(error) : String(error);
}

function firstLine(error: Error): string {
  return (error.message.split('\n')[0] ?? '').replace(/\.$/, '');
}

function overview(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, summary }) => `  sectile ${usage.padEnd(width)}  ${summary}`);
  return `Streams pictures too large to send.\n\n${lines.join('\n')}\n\nEvery command takes --json and --help.`;
}
