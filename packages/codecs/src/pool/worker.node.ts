import { parentPort, workerData } from 'node:worker_threads';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { EncodedImage, RenderWorker } from '@sectile/core/render';
import { inlineRenderWorker } from '@sectile/core/render';
import { createEngine } from '../engine.ts';
import type { WasmName } from '../wasm/names.ts';
import { setWasmLoader } from '../wasm/wasm-module.ts';
import {
  exportError,
  type FromThread,
  importError,
  type JobMessage,
  type ThreadSettings,
  type ToThread,
} from './messages.ts';
import { type Parcel, packImage, packPixels } from './transfer.ts';

const port = parentPort;
if (port === null) throw new Error('This script runs as a thread of the pool');
const settings = workerData as ThreadSettings;

interface Waiting {
  readonly resolve: (module: WebAssembly.Module) => void;
  readonly reject: (error: Error) => void;
}

// Modules are compiled once, by the thread that owns the pool, and shared.
const waiting = new Map<WasmName, Waiting>();
setWasmLoader(
  (name) =>
    new Promise((resolve, reject) => {
      waiting.set(name, { resolve, reject });
      reply({ kind: 'need-module', name });
    }),
);

let worker: Promise<RenderWorker> | undefined;

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'module':
      waiting.get(message.name)?.resolve(message.module);
      waiting.delete(message.name);
      break;
    case 'module-failed':
      waiting.get(message.name)?.reject(importError(message.error));
      waiting.delete(message.name);
      break;
    case 'job':
      void work(message.message);
  }
});

async function work(message: JobMessage): Promise<void> {
  try {
    worker ??= createEngine({ limits: settings.limits }).then(inlineRenderWorker);
    const { data, transfer } = await perform(await worker, message);
    reply({ kind: 'done', result: data }, transfer);
  } catch (error) {
    reply({ kind: 'failed', error: exportError(error) });
  }
}

async function perform(
  renderWorker: RenderWorker,
  message: JobMessage,
): Promise<Parcel<EncodedImage> | Parcel<PixelBuffer>> {
  switch (message.job) {
    case 'render':
      return packImage(await renderWorker.render(message.task));
    case 'assemble':
      return packPixels(await renderWorker.assemble(message.task));
    case 'finish':
      return packImage(await renderWorker.finish(message.task));
  }
}

function reply(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
