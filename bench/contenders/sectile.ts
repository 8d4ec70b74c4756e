import { fileURLToPath } from 'node:url';
import { type Contender, type ContenderOptions, freePort, startProcess, waitUntilUp } from './contender.ts';

/** This server, as `sectile serve` starts it. */
export async function startSectile({
  folder,
  cached,
  processes = 1,
  probe = 'jpeg.tif',
}: ContenderOptions): Promise<Contender> {
  const port = await freePort();
  const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url));
  const stop = startProcess(
    process.execPath,
    [bin, 'serve', folder, '--port', String(port), '--processes', String(processes)],
    {
      VERBOSITY: '0',
      MAX_IMAGE_CACHE_SIZE: cached ? '100' : '0',
    },
  );
  const origin = `http://127.0.0.1:${port}`;
  await waitUntilUp(`${origin}/fcgi-bin/iipsrv.fcgi?FIF=${probe}&OBJ=Max-size`);
  return {
    name: processes === 1 ? 'sectile' : `sectile x${processes}`,
    origin,
    speaks: 'iip',
    mount: '/fcgi-bin/iipsrv.fcgi?FIF=',
    stop,
  };
}
