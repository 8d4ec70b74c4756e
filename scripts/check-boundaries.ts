/** Fails when an import points upward, sideways into another package's inside, or at a runtime from shared code. */
import { CORE_LAYERS, PACKAGES, RUNTIME_MODULES } from './boundaries.ts';
import { type ImportEdge, readImports } from './imports.ts';

const root = new URL('..', import.meta.url).pathname;
const problems = readImports(root).flatMap((edge) => checkEdge(edge) ?? []);
for (const problem of problems) console.error(problem);
console.log(`boundaries: ${problems.length} problem(s)`);
if (problems.length > 0) process.exit(1);

function checkEdge(edge: ImportEdge): string | undefined {
  return checkRuntime(edge) ?? checkPackage(edge) ?? checkCoreLayer(edge);
}

function checkRuntime({ from, specifier }: ImportEdge): string | undefined {
  const rule = RUNTIME_MODULES.find(
    ({ prefix }) => specifier === prefix || (specifier.startsWith(prefix) && /[:/]$/.test(prefix)),
  );
  return rule && !rule.allowedIn.test(from) ? `${from}: ${specifier} belongs to one runtime` : undefined;
}

function checkPackage({ from, specifier, to }: ImportEdge): string | undefined {
  const own = from.split('/')[1] ?? '';
  if (to && !to.startsWith(`packages/${own}/`)) return `${from}: ${specifier} leaves the package`;
  const other = /^@sectile\/(\w+)/.exec(specifier)?.[1];
  if (other === undefined) {
    const external = !specifier.startsWith('.') && !specifier.startsWith('#') && !specifier.startsWith('node:');
    return external && own === 'core' ? `${from}: core has no dependencies, but imports ${specifier}` : undefined;
  }
  const rank = (name: string): number => (PACKAGES as readonly string[]).indexOf(name);
  return rank(other) < rank(own) ? undefined : `${from}: ${own} may not import ${specifier}`;
}

function checkCoreLayer({ from, to }: ImportEdge): string | undefined {
  const prefix = 'packages/core/src/';
  if (!to || !from.startsWith(prefix)) return undefined;
  const fromFolder = from.slice(prefix.length).split('/')[0] ?? '';
  const toFolder = to.slice(prefix.length).split('/')[0] ?? '';
  if (fromFolder === toFolder) return undefined;
  const layer = (folder: string): number => CORE_LAYERS.findIndex((entries) => entries.includes(folder));
  if (layer(fromFolder) < 0) return fromFolder.endsWith('.ts') ? undefined : `${from}: folder not in the layer table`;
  if (layer(toFolder) < 0) return `${from}: imports ${toFolder}, which is not in the layer table`;
  return layer(toFolder) < layer(fromFolder) ? undefined : `${from}: ${fromFolder} may not import ${toFolder}`;
}
