import { type Dirent, promises as fs, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ImageError } from '@sectile/core/errors';
import { fileSource } from '@sectile/core/source/node';
import { hashText } from '../http/hash.ts';
import { pageOf } from './listing-page.ts';
import { type FoundImage, type ImageResolver, type Listing, looksLikeImage, safeSegments } from './resolver.ts';
import { firstMemberNames, memberName, type SequenceMember, sequenceOfFirst, viewsInName } from './sequence-names.ts';

/** Where a folder resolver looks. */
export interface FolderOptions {
  /**
   * Put before every identifier as it is (iipsrv `FILESYSTEM_PREFIX`): `/images/` is a folder, `/images/scan_` a folder
   * and the beginning of names. Relative prefixes start at the working directory.
   */
  readonly prefix: string;
  /** Put behind every identifier as it is (`.tif`). Default empty. */
  readonly suffix?: string | undefined;
  /**
   * What the names of the files of a sequence have between the sequence's own name and their numbers (iipsrv
   * `FILENAME_PATTERN`): with `_pyr_`, `vase` is found where there is `vase_pyr_000_090.tif`. Default: no sequences.
   */
  readonly sequenceInfix?: string | undefined;
  /** Follow links that lead out of the folder. Default false: such files do not exist. */
  readonly followSymlinks?: boolean | undefined;
}

/**
 * Serves the files below a folder. Nothing outside it can be reached: identifiers are checked segment by segment, and
 * what a link points to must lie inside as well. Hidden files do not exist.
 */
export function folderImages(options: FolderOptions): ImageResolver {
  const { root, stem } = splitPrefix(options.prefix);
  const suffix = options.suffix ?? '';
  const infix = options.sequenceInfix ?? '';
  const followSymlinks = options.followSymlinks ?? false;

  /** What a path leads to, or `undefined` when it leads nowhere or out of the folder. */
  function inspect(path: string): Promise<Located | undefined> {
    return orAbsent(async () => {
      const real = await fs.realpath(path);
      if (!followSymlinks && !isWithin(await fs.realpath(root), real)) return undefined;
      return { path: real, stats: await fs.stat(real) };
    });
  }

  return {
    async find(id): Promise<FoundImage | undefined> {
      const segments = safeSegments(stem + id.replace(/^\/+/, '') + suffix);
      const located = segments && (await inspect(join(root, ...segments)));
      if (located?.stats.isFile()) {
        const { path, stats } = located;
        return { revision: revisionOf(stats), lastModified: stats.mtime, open: () => fileSource(path) };
      }
      const bare = suffix === '' ? segments : safeSegments(stem + id.replace(/^\/+/, ''));
      return infix === '' || !bare ? undefined : findSequence(bare);
    },

    async list(folder, { offset, limit }): Promise<Listing | undefined> {
      const segments = safeSegments(folder);
      const located = segments && (await inspect(join(root, ...segments)));
      if (!located?.stats.isDirectory()) return undefined;
      const entries = (await orAbsent(() => fs.readdir(located.path, { withFileTypes: true }))) ?? [];
      const start = segments?.length === 0 ? stem : '';
      const shown = entries.filter(({ name }) => !name.startsWith('.') && name.startsWith(start));
      const kinds = await Promise.all(shown.map((entry) => kindOf(entry, located.path)));
      const named = (kind: EntryKind): string[] =>
        shown.filter((_, index) => kinds[index] === kind).map(({ name }) => name.slice(start.length));
      const files = named('file');
      const sequences = infix === '' ? [] : files.flatMap((name) => sequenceOfFirst(name, infix) ?? []);
      const isMember = (name: string): boolean => sequences.some((sequence) => name.startsWith(sequence + infix));
      const single = files.filter((name) => looksLikeImage(name) && name.endsWith(suffix) && !isMember(name));
      const stems = single.map((name) => name.slice(0, name.length - suffix.length));
      const shownNames = [...new Set([...stems, ...sequences])].sort(byName);
      return pageOf(named('folder').sort(byName), shownNames, { offset, limit });
    },
  };

  /** Looks for the first file before it lists the folder: most names that are no image are no sequence either. */
  async function findSequence(segments: readonly string[]): Promise<FoundImage | undefined> {
    const name = segments.at(-1);
    if (name === undefined) return undefined;
    const folder = join(root, ...segments.slice(0, -1));
    const firsts = await Promise.all(
      firstMemberNames(name, infix).map(async (fileName) => ({ fileName, at: await inspect(join(folder, fileName)) })),
    );
    const [first, ...others] = firsts.filter(({ at }) => at?.stats.isFile());
    // Which of several is meant nobody can tell.
    if (!first?.at || others.length > 0) return undefined;
    const extension = first.fileName.slice(first.fileName.lastIndexOf('.') + 1);
    const names = (await orAbsent(() => fs.readdir(folder))) ?? [];
    const members = names.flatMap((fileName) => viewsInName(fileName, name, infix, extension) ?? []);
    if (members.length > MAX_MEMBERS) throw new ImageError('limit', `A sequence of ${members.length} files`);
    const pathOf = (member: SequenceMember): string => join(folder, memberName(name, infix, member, extension));
    const found = await Promise.all(members.map(async (member) => (await inspect(pathOf(member)))?.stats));
    const stats = found.filter((entry) => entry !== undefined);
    const path = first.at.path;
    return {
      revision: `sequence-${hashText(stats.map(revisionOf).join())}`,
      lastModified: new Date(Math.max(...stats.map(({ mtimeMs }) => mtimeMs))),
      open: () => fileSource(path),
      sequence: {
        horizontal: viewsAlong(members, 'horizontal', 'vertical', 90),
        vertical: viewsAlong(members, 'vertical', 'horizontal', 0),
        async open(member) {
          const located = await inspect(pathOf(member));
          return located?.stats.isFile() ? fileSource(located.path) : undefined;
        },
      },
    };
  }

  async function kindOf(entry: Dirent, parent: string): Promise<EntryKind> {
    if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
    const target = await inspect(join(parent, entry.name));
    if (!target) return 'nothing';
    return target.stats.isDirectory() ? 'folder' : 'file';
  }
}

interface Located {
  readonly path: string;
  readonly stats: Stats;
}

/** Files of a sequence: one for each degree and some vertical views. */
const MAX_MEMBERS = 4096;

function revisionOf({ size, mtimeMs, ino }: Stats): string {
  return `${size.toString(36)}-${mtimeMs.toString(36)}-${ino.toString(36)}`;
}

/** The numbers of one view among the members whose other view is `at`, sorted. */
function viewsAlong(
  members: readonly SequenceMember[],
  view: keyof SequenceMember,
  other: keyof SequenceMember,
  at: number,
): readonly number[] {
  const numbers = members.filter((member) => member[other] === at).map((member) => member[view]);
  return numbers.sort((a, b) => a - b);
}

type EntryKind = 'file' | 'folder' | 'nothing';

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

/** `/images/scan_` is the folder `/images` and names that begin with `scan_`. An empty prefix is the working directory. */
function splitPrefix(prefix: string): { root: string; stem: string } {
  if (prefix === '' || prefix.endsWith('/') || prefix.endsWith(sep)) return { root: resolve(prefix), stem: '' };
  return { root: resolve(dirname(prefix)), stem: basename(prefix) };
}

/** What is wrong with a prefix, as a sentence for the log; `undefined` when nothing is. */
export async function prefixProblem(prefix: string): Promise<string | undefined> {
  const { root, stem } = splitPrefix(prefix);
  if (!(await isFolder(root))) return `FILESYSTEM_PREFIX: there is no folder ${JSON.stringify(root)}`;
  if (stem === '' || !(await isFolder(join(root, stem)))) return undefined;
  return `FILESYSTEM_PREFIX: ${JSON.stringify(prefix)} is a folder, but has no slash at its end, and names of images go right behind it`;
}

async function isFolder(path: string): Promise<boolean> {
  return (await orAbsent(() => fs.stat(path)))?.isDirectory() ?? false;
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Runs a look-up; what is missing, forbidden or no folder is `undefined`, anything else a `source` error. */
async function orAbsent<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return undefined;
    throw new ImageError('source', 'The image store cannot be read', { cause });
  }
}
