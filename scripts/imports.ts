import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { globSync } from './glob.ts';

/** One import statement of a source file. */
export interface ImportEdge {
  /** Importing file, relative to the repository. */
  readonly from: string;
  /** The specifier as written. */
  readonly specifier: string;
  /** Imported file relative to the repository, for relative imports. */
  readonly to: string | undefined;
  readonly typeOnly: boolean;
}

/** Every import and re-export of the packages' sources, tests left out. */
export function readImports(root: string): ImportEdge[] {
  const edges: ImportEdge[] = [];
  for (const file of globSync(root, 'packages', (path) => /\/src\/.*\.ts$/.test(path))) {
    if (/\.(test|as)\.ts$|\.d\.ts$/.test(file)) continue;
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022);
    source.forEachChild((node) => {
      if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return;
      if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return;
      const specifier = node.moduleSpecifier.text;
      const to = specifier.startsWith('.')
        ? relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/')
        : undefined;
      edges.push({ from: file, specifier, to, typeOnly: isTypeOnly(node) });
    });
  }
  return edges;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return true;
    const clause = node.exportClause;
    return clause !== undefined && ts.isNamedExports(clause) && clause.elements.every((element) => element.isTypeOnly);
  }
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  if (clause.name || !clause.namedBindings) return false;
  return (
    ts.isNamedImports(clause.namedBindings) && clause.namedBindings.elements.every((element) => element.isTypeOnly)
  );
}
