import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Entry file (`src/kernels/<name>.as.ts`) of each module, which becomes `wasm/<name>.wasm`. */
const KERNELS: readonly string[] = [
  'inflate',
  'jpeg-decode',
  'jpeg-encode',
  'jpeg2000',
  'lzw-decode',
  'pixels',
  'png-encode',
];

const OPTIONS: readonly string[] = [
  '--optimizeLevel=3',
  '--shrinkLevel=0',
  '--converge',
  '--enable=simd',
  '--enable=bulk-memory',
  '--runtime=stub',
  '--noAssert',
  // A failed run-time check becomes a plain trap, so that modules need no imports.
  '--use=abort=',
];

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));
const sourceDirectory = `${packageDirectory}src/kernels`;
const outputDirectory = `${packageDirectory}wasm`;

/**
 * Compiles the AssemblyScript kernels. Beside each module lies a hash of everything that went into it (its sources, the
 * options, the compiler's version): a module whose hash has not changed is left alone.
 */
export async function buildKernels(): Promise<void> {
  mkdirSync(outputDirectory, { recursive: true });
  for (const name of KERNELS) {
    const hashFile = `${outputDirectory}/${name}.hash`;
    const hash = hashInputs(name);
    const unchanged = existsSync(hashFile) && readFileSync(hashFile, 'utf8') === hash;
    if (unchanged && existsSync(`${outputDirectory}/${name}.wasm`)) continue;
    await compile(name);
    writeFileSync(hashFile, hash);
  }
}

function hashInputs(name: string): string {
  const compilerPackage = createRequire(import.meta.url).resolve('assemblyscript/package.json');
  const hash = createHash('sha256').update(JSON.parse(readFileSync(compilerPackage, 'utf8')).version);
  hash.update(OPTIONS.join('\n'));
  for (const path of sourcesOf(`${sourceDirectory}/${name}.as.ts`, new Set())) hash.update(readFileSync(path));
  return hash.digest('hex');
}

/** The file and everything it imports, directly or not, each once. */
function sourcesOf(path: string, seen: Set<string>): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, specifier] of readFileSync(path, 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)) {
    sourcesOf(resolve(dirname(path), `${specifier}.ts`), seen);
  }
  return seen;
}

async function compile(name: string): Promise<void> {
  // Loading the compiler takes seconds: only when there is something to compile.
  const { main } = await import('assemblyscript/asc');
  const output = `wasm/${name}.wasm`;
  const { error, stderr } = await main([
    `src/kernels/${name}.as.ts`,
    `--outFile=${output}`,
    `--baseDir=${packageDirectory}`,
    ...OPTIONS,
  ]);
  if (error) throw new Error(`Kernel ${name} does not compile:\n${stderr.toString()}`, { cause: error });
  console.log(`built ${output} (${readFileSync(packageDirectory + output).byteLength} bytes)`);
}
