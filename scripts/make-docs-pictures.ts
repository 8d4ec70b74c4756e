/**
 * Renders the pictures of the documents, by the server itself from its own samples. A picture's title in the Markdown is
 * its request: `![](pictures/a.jpg "FIF=relief 16-bit.tif&WID=240&CVT=jpeg")`. Answers in text stand in fenced blocks that
 * begin with their request: "```text FIF=relief 16-bit.tif&OBJ=Max-size".
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '@sectile/codecs';
import { DEFAULT_LIMITS } from '@sectile/core';
import { openImage, withDerivedLevels } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import { type Config, imageServer } from '@sectile/server';
import { folderImages } from '@sectile/server/node';
import { makeSamples } from '../packages/cli/src/samples/make-samples.ts';

/** Lines of an answer in text that are shown. */
const MAX_LINES = 12;

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const pictures = `${docs}pictures/`;
const samples = fileURLToPath(new URL('../.cache/samples/', import.meta.url));

const engine = await createEngine();
const worker = inlineRenderWorker(engine);
await makeSamples(samples, engine, () => {});
const layers = fileURLToPath(new URL('../test/fixtures/jpeg2000/lrcp-layers.j2k', import.meta.url));
copyFileSync(layers, `${samples}test picture in 3 layers.j2k`);

const config: Partial<Config> = { iiifExtensions: true, iiifDelimiter: ';' };
const server = imageServer(config, {
  images: folderImages({ prefix: samples }),
  open: async (source) => withDerivedLevels(await openImage(source), worker, { limits: DEFAULT_LIMITS }),
  worker,
  outputFormats: engine.codecs.outputFormats,
  log: (level, message, details) => level === 'error' && console.error(message, details),
});
mkdirSync(pictures, { recursive: true });

const wanted = new Map<string, string>();
for (const name of readdirSync(docs).filter((entry) => entry.endsWith('.md'))) {
  const text = readFileSync(docs + name, 'utf8');
  for (const [, file = '', request = ''] of text.matchAll(/!\[[^\]]*\]\(pictures\/([\w.-]+) "([^"]+)"\)/g)) {
    if ((wanted.get(file) ?? request) !== request) throw new Error(`${file} is asked for with two requests`);
    wanted.set(file, request);
  }
}

async function answer(request: string): Promise<Uint8Array> {
  const response = await server.fetch(new Request(`http://localhost/iip?${encodeURI(request)}`));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${request}: ${response.status} ${new TextDecoder().decode(bytes)}`);
  return bytes;
}

/** The beginning of an answer that is text; more than some lines of it are left out. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.findIndex((byte) => byte < 9 || byte > 126);
  const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  const lines = text.replaceAll('\r', '').replaceAll('\t', '  ').trimEnd().split('\n');
  const shown = lines.slice(0, MAX_LINES);
  return shown.join('\n') + (lines.length > MAX_LINES ? '\n…' : end < 0 ? '' : '…');
}

for (const name of readdirSync(docs).filter((entry) => entry.endsWith('.md'))) {
  let text = readFileSync(docs + name, 'utf8');
  for (const [block, request = ''] of text.matchAll(/```text (\S[^\n]*)\n[\s\S]*?```/g)) {
    const filled = `\`\`\`text ${request}\n${textOf(await answer(request))}\n\`\`\``;
    text = text.replace(block, () => filled);
  }
  writeFileSync(docs + name, text);
}

let total = 0;
for (const [file, request] of wanted) {
  const bytes = await answer(request);
  writeFileSync(pictures + file, bytes);
  total += bytes.length;
}
for (const file of readdirSync(pictures)) if (!wanted.has(file)) rmSync(pictures + file);
console.log(`${wanted.size} pictures, ${Math.round(total / 1024)} kB`);
await server.close();
