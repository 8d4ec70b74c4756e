import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../command.ts';

/** A file that can be written: to be found out before the work whose result goes there. */
export interface WritableFile {
  /** Writes all or nothing: what was there before stays until the new content is complete. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Makes sure that a file can be written.
 *
 * @param source What is read meanwhile; writing over it is refused.
 * @throws UsageError for a folder, a file in a folder that is missing or may not be written, and `source` itself.
 */
export async function writableFile(path: string, source: string): Promise<WritableFile> {
  const target = await realpath(path).catch(() => resolve(path));
  if (target === (await realpath(source).catch(() => undefined))) {
    throw new UsageError(`"${path}" is the image itself`);
  }
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory()) throw new UsageError(`"${path}" is a folder`);
  // Pipes and devices have no content to keep.
  if (found && !found.isFile()) return { write: (bytes) => writeFile(target, bytes) };
  const folder = dirname(target);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new UsageError(`there is no folder "${dirname(path)}"`);
  }
  await access(folder, constants.W_OK).catch(() => {
    throw new UsageError(`nothing can be written into "${dirname(path)}"`);
  });
  return { write: (bytes) => replaceFile(target, bytes, found?.mode) };
}

async function replaceFile(target: string, bytes: Uint8Array, mode: number | undefined): Promise<void> {
  const unfinished = join(dirname(target), `.sectile-${process.pid}.part`);
  try {
    await writeFile(unfinished, bytes, { mode: mode ?? 0o666 });
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
