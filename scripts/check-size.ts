/** Fails on files and functions over the budget of CONTRIBUTING.md: tables and kernels are exempt by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { globSync } from './glob.ts';

const MAX_FILE_LINES = 500;
const MAX_FUNCTION_LINES = 100;
const MAX_PARAMETERS = 5;
const EXEMPT = /(-table|tags|markers|colormaps|\.test|\.as|\.d)\.ts$/;

const root = new URL('..', import.meta.url).pathname;
const problems: string[] = [];
for (const file of globSync(root, 'packages', (path) => /\/src\/.*\.ts$/.test(path) && !EXEMPT.test(path))) {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  if (lineOf(text.length) > MAX_FILE_LINES) problems.push(`${file}: ${lineOf(text.length)} lines`);
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const start = lineOf(node.getStart());
      const lines = lineOf(node.end) - start + 1;
      if (lines > MAX_FUNCTION_LINES) problems.push(`${file}:${start}: function of ${lines} lines`);
      if (node.parameters.length > MAX_PARAMETERS)
        problems.push(`${file}:${start}: ${node.parameters.length} parameters`);
    }
    node.forEachChild(visit);
  };
  visit(source);
}
for (const problem of problems) console.error(problem);
console.log(`size budget: ${problems.length} problem(s)`);
if (problems.length > 0) process.exit(1);
