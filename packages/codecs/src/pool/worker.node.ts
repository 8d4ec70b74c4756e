import { parentPort, workerData } from 'node:worker_threads';
import { readParts } from './read-parts.node.ts';
import { serveJobs } from './serve-jobs.ts';

if (parentPort === null) throw new Error('This script runs as a thread of the pool');
const port = parentPort;
port.on(
  'message',
  serveJobs(workerData, (message, transfer) => port.postMessage(message, transfer), readParts),
);
