import cluster from 'node:cluster';
import { imageUrls } from '../pages/image-urls.ts';
import { VERSION } from '../version.ts';
import { joinProcesses, leaveProcesses, superviseProcesses } from './processes.node.ts';
import { type RunningServer, type ServeOptions, serve } from './serve.node.ts';

/** Options of {@link runServer}. */
export interface RunServerOptions extends ServeOptions {
  /** Receives the text for people when the server is ready. Default: standard output. */
  readonly print?: ((text: string) => void) | undefined;
}

/**
 * Serves until the process is told to stop: what `sectile serve` does. SIGTERM and SIGINT finish requests under way and
 * exit with 0, a second one exits at once; SIGHUP empties the caches. With several processes the calling script runs
 * again in each of them and has to come here again.
 */
export async function runServer({ print = console.log, ...options }: RunServerOptions = {}): Promise<void> {
  const processes = options.config?.processes ?? 1;
  if (cluster.isPrimary && processes > 1) return superviseProcesses(processes, print);
  const server = await serve(options).catch((error: unknown) => {
    if (!cluster.isPrimary) leaveProcesses();
    throw error;
  });
  const text = await addressesOf(server);
  if (cluster.isPrimary) {
    obeySignals(server);
    print(text);
  } else joinProcesses(server, text);
}

function obeySignals(server: RunningServer): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => server.clearCaches());
}

/** One line for each way in, for an image that exists where the folder can be listed. */
async function addressesOf({ url, images, config }: RunningServer): Promise<string> {
  const listing = await images.list?.('', { offset: 0, limit: 1000 }).catch(() => undefined);
  const { iiif3, deepzoom, zoomify, iip } = imageUrls(url, listing?.images[0] ?? 'IMAGE');
  const lines = [
    ...(config.gallery ? [['Gallery', `${url}/`]] : []),
    ['IIIF', iiif3],
    ['Deep Zoom', deepzoom],
    ['Zoomify', zoomify],
    ['IIP', `${iip}&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number`],
  ];
  return [`Sectile ${VERSION}`, ...lines.map(([name = '', address]) => `  ${name.padEnd(10)}${address}`)].join('\n');
}
