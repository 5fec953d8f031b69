import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import ts from 'typescript';
import { readMarkdown } from '../../support/markdown.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The names that a file exports, types among them. */
function exportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const named = statement.exportClause;
      return named !== undefined && ts.isNamedExports(named) ? named.elements.map(({ name }) => name.text) : ['*'];
    }
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    return ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement)
      ? [statement.name?.text ?? 'default']
      : ['?'];
  });
}

describe('docs/api.md', () => {
  const { rows } = readMarkdown(readFileSync(join(root, 'docs/api.md'), 'utf8'));
  const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

  it('has rows', () => expect(rows).to.have.length.above(10));

  for (const [cell, published, internal] of rows) {
    const [file = ''] = namesIn(cell);
    it(`says of everything that ${file} exports whether it is public`, () => {
      expect([...namesIn(published), ...namesIn(internal)]).to.have.members([...new Set(exportsOf(file))]);
      expect(namesIn(published)).not.to.be.empty;
    });
  }
});
