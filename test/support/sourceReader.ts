import ts from 'typescript';

/** What a source file reaches for, as far as the directions of the project care. */
export interface SourceFacts {
  /** Module names of imports of every kind: static, type-only, dynamic, re-exports, import types, `require`, references. */
  imports: readonly string[];
  /** It imports something whose name is computed, so nobody can tell what. */
  importsComputed: boolean;
  usesProcessEnv: boolean;
  usesConsole: boolean;
}

/** Reads one file with the compiler's parser: a comment or a text that looks like an import is none. */
export function readSource(fileName: string, text: string): SourceFacts {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const imports = source.referencedFiles.map((reference) => reference.fileName);
  const facts = { importsComputed: false, usesProcessEnv: false, usesConsole: false };

  const addModule = (node: ts.Node | undefined): void => {
    if (node === undefined) return;
    if (!ts.isStringLiteralLike(node)) {
      facts.importsComputed = true;
      return;
    }
    imports.push(node.text);
    if (/^(?:node:)?process$/.test(node.text)) facts.usesProcessEnv = true; // its `env` by another name
    if (/^(?:node:)?console$/.test(node.text)) facts.usesConsole = true;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) addModule(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) addModule(node.expression);
    else if (ts.isImportTypeNode(node))
      addModule(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument);
    else if (ts.isCallExpression(node) && loadsModule(node.expression)) addModule(node.arguments[0]);
    if (readsEnv(node)) facts.usesProcessEnv = true;
    if (isIdentifierNamed(node, 'console') && !isPropertyName(node)) facts.usesConsole = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { imports, ...facts };
}

function loadsModule(called: ts.Expression): boolean {
  if (called.kind === ts.SyntaxKind.ImportKeyword || isIdentifierNamed(called, 'require')) return true;
  return (
    ts.isPropertyAccessExpression(called) && called.name.text === 'resolve' && ts.isMetaProperty(called.expression)
  );
}

/** `process.env`, `process['env']`, `globalThis.process.env`, and `env` taken out of `process` by its pattern. */
function readsEnv(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression);
  if (ts.isElementAccessExpression(node)) {
    const { argumentExpression: name, expression } = node;
    return isProcess(expression) && (!ts.isStringLiteralLike(name) || name.text === 'env');
  }
  if (ts.isVariableDeclaration(node)) {
    return node.initializer !== undefined && isProcess(node.initializer) && !ts.isIdentifier(node.name);
  }
  return false;
}

function isProcess(node: ts.Expression): boolean {
  return isIdentifierNamed(node, 'process') || (ts.isPropertyAccessExpression(node) && node.name.text === 'process');
}

function isIdentifierNamed(node: ts.Node, name: string): node is ts.Identifier {
  return ts.isIdentifier(node) && node.text === name;
}

/** `logger.console` and `{ console: 1 }` name something else; `globalThis.console` does not. */
function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return !isIdentifierNamed(parent.expression, 'globalThis');
  return ts.isPropertyAssignment(parent) && parent.name === node;
}
