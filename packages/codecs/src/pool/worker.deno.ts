import type { ThreadSettings, ToThread } from './messages.ts';
import { serveJobs } from './serve-jobs.ts';

/** What a dedicated worker's global scope offers; the types of pages know only theirs. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ThreadSettings | ToThread>) => void) | null;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let serve: ((message: ToThread) => void) | undefined;

// The first message brings the settings.
scope.onmessage = ({ data }) => {
  if (serve !== undefined) serve(data as ToThread);
  else serve = serveJobs(data as ThreadSettings, (message, transfer) => scope.postMessage(message, transfer));
};
