import cluster, { type Worker } from 'node:cluster';
import type { RunningServer } from './serve.node.ts';

/** What the first process tells the others. */
type Order = 'stop' | 'clear-caches';

/** A process that ends sooner than this after its start, or never listened, is not started again: it would end again. */
const SHORTEST_LIFE_MS = 2000;

/**
 * Runs this script in `count` processes that share one port, starts those again that crash, and passes signals on.
 * Processes are told what to do by message: a terminal sends its signals to all of them at once.
 */
export function superviseProcesses(count: number, print: (text: string) => void): void {
  const ready = new Set<Worker>();
  let printed = false;
  let stopping = false;

  function start(): void {
    const startedAt = Date.now();
    const child = cluster.fork();
    child.on('message', (text: unknown) => {
      ready.add(child);
      // It was not listening to orders yet when the others were told.
      if (stopping) child.send('stop' satisfies Order);
      if (printed || ready.size < count) return;
      printed = true;
      print(String(text));
    });
    child.on('exit', (code) => {
      const wasReady = ready.delete(child);
      if (stopping) {
        if (living().length === 0) process.exit(0);
      } else if (wasReady && Date.now() - startedAt >= SHORTEST_LIFE_MS) start();
      else if (living().length === 0) process.exit(code ?? 1);
    });
  }

  function stop(): void {
    if (stopping) process.exit(1);
    stopping = true;
    send('stop');
  }

  for (let index = 0; index < count; index++) start();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => send('clear-caches'));
}

function living(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !worker.isDead()) as Worker[];
}

function send(order: Order): void {
  for (const worker of living()) worker.send(order);
}

/** Leaves the first process to itself when this one cannot listen: as long as it hears orders, it would not end. */
export function leaveProcesses(): void {
  process.channel?.unref();
}

/** Tells the first process that this one listens, and from then on does what it is told. */
export function joinProcesses(server: RunningServer, text: string): void {
  const stop = (): void => {
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('message', (order: Order) => (order === 'stop' ? stop() : server.clearCaches()));
  process.on('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  process.send?.(text);
}
