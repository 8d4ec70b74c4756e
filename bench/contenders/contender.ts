import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A server under test, running on loopback. */
export interface Contender {
  readonly name: string;
  readonly origin: string;
  /** IIP or IIIF: the request forms that it answers. */
  readonly speaks: 'iip' | 'iiif';
  /** What comes before the IIP query or the IIIF identifier. */
  readonly mount: string;
  stop(): Promise<void>;
}

/** How a contender is to be run. */
export interface ContenderOptions {
  readonly folder: string;
  readonly scratch: string;
  /** With the server's own caches, or without. */
  readonly cached: boolean;
  /** Processes that share the port, where the contender can do that. Default 1. */
  readonly processes?: number | undefined;
  /** A file of the folder, asked for to see whether the server is up. Default `jpeg.tif`. */
  readonly probe?: string | undefined;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Starts a process and returns what ends it (SIGTERM, and SIGKILL after three seconds). */
export function startProcess(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): () => Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    await gone;
    clearTimeout(timer);
  };
}

/** Waits until the URL answers with 200, ten seconds at most. */
export async function waitUntilUp(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.status === 200) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not come up`);
}
