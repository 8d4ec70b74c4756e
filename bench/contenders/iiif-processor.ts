import { fileURLToPath } from 'node:url';
import { type Contender, type ContenderOptions, freePort, startProcess, waitUntilUp } from './contender.ts';

/** The npm package iiif-processor on sharp, behind `node:http`. It has no tile cache. */
export async function startIiifProcessor({ folder }: ContenderOptions): Promise<Contender> {
  const port = await freePort();
  const script = fileURLToPath(new URL('./iiif-processor-server.mjs', import.meta.url));
  const stop = startProcess(process.execPath, [script, folder, String(port)], {});
  const origin = `http://127.0.0.1:${port}`;
  await waitUntilUp(`${origin}/iiif/3/jpeg.tif/info.json`);
  return { name: 'iiif-processor', origin, speaks: 'iiif', mount: '/iiif/3/', stop };
}
