import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { PACKAGES } from './boundaries.ts';

/** One name that a package's entry exports. */
export interface PublicName {
  /** `@sectile/core/tiff`. */
  readonly entry: string;
  readonly name: string;
  /** Where it is declared: `packages/core/src/tiff/tags.ts:12`. */
  readonly declaredAt: string;
  readonly documented: boolean;
}

/** Everything that the `exports` of the packages reach, with whether its declaration has a doc comment. */
export function readPublicSurface(root: string): PublicName[] {
  const entries = PACKAGES.flatMap((name) => readEntries(root, name));
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      customConditions: ['@sectile/source'],
      allowImportingTsExtensions: true,
      noEmit: true,
      types: ['node'],
    },
  );
  const checker = program.getTypeChecker();
  return entries.flatMap(({ entry, file }) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) return [];
    return checker.getExportsOfModule(module).map((symbol) => describe(root, entry, resolveAlias(checker, symbol)));
  });
}

function readEntries(root: string, name: string): { entry: string; file: string }[] {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  return Object.entries<Record<string, string>>(manifest.exports ?? {})
    .map(([key, conditions]) => ({
      entry: `@sectile/${name}${key.slice(1)}`,
      file: join(root, 'packages', name, conditions['@sectile/source'] ?? ''),
    }))
    .filter(({ file }) => file.endsWith('.ts') && existsSync(file));
}

function resolveAlias(checker: ts.TypeChecker, symbol: ts.Symbol): { name: string; target: ts.Symbol } {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return { name: symbol.name, target };
}

function describe(root: string, entry: string, { name, target }: { name: string; target: ts.Symbol }): PublicName {
  const declaration = target.declarations?.[0];
  const file = declaration?.getSourceFile();
  const line = declaration && file ? file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1 : 0;
  return {
    entry,
    name,
    declaredAt: `${file?.fileName.replace(root, '') ?? '?'}:${line}`,
    documented: target.getDocumentationComment(undefined).length > 0,
  };
}
