/**
 * Renders the pictures of the documents, by the server itself from its own samples. A picture's title in the Markdown is
 * its request: `![](pictures/a.jpg "FIF=relief 16-bit.tif&WID=240&CVT=jpeg")`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '@sectile/codecs';
import { DEFAULT_LIMITS } from '@sectile/core';
import { openImage, withDerivedLevels } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import { type Config, imageServer } from '@sectile/server';
import { folderImages } from '@sectile/server/node';
import { makeSamples } from '../packages/cli/src/samples/make-samples.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const pictures = `${docs}pictures/`;
const samples = fileURLToPath(new URL('../.cache/samples/', import.meta.url));

const engine = await createEngine();
const worker = inlineRenderWorker(engine);
await makeSamples(samples, engine, () => {});

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

let total = 0;
for (const [file, request] of wanted) {
  const response = await server.fetch(new Request(`http://localhost/iip?${encodeURI(request)}`));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${request}: ${response.status} ${new TextDecoder().decode(bytes)}`);
  writeFileSync(pictures + file, bytes);
  total += bytes.length;
}
for (const file of readdirSync(pictures)) if (!wanted.has(file)) rmSync(pictures + file);
console.log(`${wanted.size} pictures, ${Math.round(total / 1024)} kB`);
await server.close();
