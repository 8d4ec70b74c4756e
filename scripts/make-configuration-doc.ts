/** Writes `docs/configuration.md` from the table of settings, or with `--check` fails when it is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describeConfig, resolveConfig } from '@sectile/server';

const file = new URL('../docs/configuration.md', import.meta.url);
const entries = describeConfig(resolveConfig({}));
const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (value: unknown): string => (value === '' ? '' : `\`${cell(String(value))}\``);
const text = `# Configuration

A setting comes from a flag (\`--port\`, or \`--set name=value\` for any), else from an environment variable, else from a configuration file
(\`sectile.config.json\`, \`.js\`, \`.mjs\` or \`.ts\` in the working directory, or the one that \`--config\` or \`SECTILE_CONFIG\` names), else it has its
default. Files and flags use the name, the environment the variable; variables without \`SECTILE_\` are iipsrv's, with their meaning and bounds.
An unknown name in a file or flag is an error that names the nearest setting. \`sectile config\` shows every value and where it came from.

| name | variable | default | |
|---|---|---|---|
${entries
  .map(({ name, variable, value, about, noEffect }) => {
    const note = noEffect ? ` **No effect:** ${noEffect}` : '';
    return `| \`${name}\` | \`${variable}\` | ${code(value)} | ${cell(about + note)} |`;
  })
  .join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/configuration.md is out of date: run `npm run docs:configuration`');
  process.exit(1);
}
