import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import ts from 'typescript';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';
import { graphErrorReasons } from '../../../helpers/graph/classifyGraphError.ts';
import { FacebookThreadControlHelper } from '../../../helpers/facebookThreadControlHelper.ts';
import { readMarkdown } from '../../support/markdown.ts';

const fromRoot = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const document = fromRoot('docs/handover.md');

const firstCellsOf = (section: string): string[] => {
  const body = document.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return readMarkdown(body).rows.map(([first = '']) => first);
};
const methodsOf = (prototype: object): string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');

/** The members of a union of string literals, as they stand in the source. */
function membersOfUnion(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, fromRoot(file), ts.ScriptTarget.Latest, true);
  const declared = source.statements.filter(ts.isTypeAliasDeclaration).find((alias) => alias.name.text === name);
  const members = declared !== undefined && ts.isUnionTypeNode(declared.type) ? declared.type.types : [];
  return [...members].map((member) => member.getText().replaceAll("'", ''));
}

describe('docs/handover.md', () => {
  it('has a row for every registration method of the handler, and no others', () => {
    const methods = methodsOf(FacebookActivityHandler.prototype).filter((name) => name.startsWith('onFacebook'));
    expect(methods).to.have.length.above(10);
    expect(firstCellsOf("In this project's handlers")).to.deep.equal(methods.map((name) => `\`${name}\``));
  });

  it('has a row for every reason of a refusal, in the order of the code, and no others', () => {
    expect(firstCellsOf('When Meta says no')).to.deep.equal(graphErrorReasons.map((reason) => `\`${reason}\``));
  });

  it('has every call of thread control', () => {
    const calls = firstCellsOf('The calls').join(' ');
    for (const method of methodsOf(FacebookThreadControlHelper.prototype)) expect(calls).to.contain(`\`${method}\``);
  });

  it('names every failure of the way to Graph', () => {
    for (const failure of membersOfUnion('helpers/graph/graphErrors.ts', 'TransportFailure')) {
      expect(document).to.contain(`\`${failure}\``);
    }
  });
});
