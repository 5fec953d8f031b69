import ts from 'typescript';

/** Every regular expression that is spelled in a source file, with its place. */
export function regularExpressionsIn(fileName: string, text: string): { place: string; expression: RegExp }[] {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const found: { place: string; expression: RegExp }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const [, pattern = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${fileName}:${line + 1} ${node.text}`, expression: new RegExp(pattern, flags) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Runs the expression as the code that owns it may: over all of the text, or from the one place at which a sticky one looks. */
export function runExpression(expression: RegExp): (text: string) => void {
  if (expression.sticky) {
    return (text) => {
      expression.lastIndex = 0;
      expression.exec(text);
    };
  }
  return (text) => {
    if (expression.global) text.replace(expression, '');
    else text.search(expression);
  };
}

/** Pieces that a pattern is made of, so that texts made of them come far into it before they fail. */
function piecesOf(pattern: string, most: number): string[] {
  const literal = pattern.replace(/\\u\{?([0-9a-f]{2,6})\}?/gi, (_all, hex: string) =>
    String.fromCodePoint(parseInt(hex, 16)),
  );
  const words = literal.match(/[A-Za-z_]{2,}|[^A-Za-z_\s]/g) ?? [];
  const shapes = { '\\d': '7', '\\w': 'a', '\\s': ' ', '\\n': '\n', '\\t': '\t', '.': 'x', '^': '!' };
  const shaped = Object.entries(shapes).flatMap(([shape, text]) => (pattern.includes(shape) ? [text] : []));
  return [...new Set([...words, ...shaped, 'a', '0', ' '])].slice(0, most);
}

/** Beginnings and what is repeated behind them; the end makes a match fail. */
export function attacksOn(pattern: string, most: number): { start: string; pump: string }[] {
  const pieces = piecesOf(pattern, most);
  const pumps = [...pieces, ...pieces.flatMap((one) => pieces.map((other) => one + other))];
  return [
    ...pumps.map((pump) => ({ start: '', pump })),
    ...pieces.flatMap((start) => pieces.map((pump) => ({ start, pump }))),
  ];
}

const end = '\u0000!';
const short = 1_000;
/** What is linear takes microseconds for a short text, and what is quadratic milliseconds. So long, in microseconds, is worth a second look. */
const suspicious = 60;

const microsecondsOf = (run: (text: string) => void, text: string): number => {
  const before = process.cpuUsage();
  run(text);
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/**
 * The attack whose cost grows faster than its text, if there is one: sixteen times the text costs more than 64 times as much. What is linear
 * costs 16 times as much and what is quadratic 256 times, so neither comes near the limit on a busy machine. Only processor time of this
 * process counts. What seems to be super-linear is measured so many times more: a quadratic cost is there each time.
 */
export function findSuperLinear(
  run: (text: string) => void,
  attacks: readonly { start: string; pump: string }[],
  timesMore = 3,
): string | undefined {
  const costOf = (attack: { start: string; pump: string }, length: number, times: number): number => {
    const text = `${attack.start}${attack.pump.repeat(Math.ceil(length / attack.pump.length))}${end}`;
    return Math.min(...Array.from({ length: times }, () => microsecondsOf(run, text)));
  };
  const growthOf = (attack: { start: string; pump: string }): string | undefined => {
    if (costOf(attack, short, 1) < suspicious) return undefined;
    const one = costOf(attack, short, 3);
    // Four times the text tells nearly all that are linear, for less.
    if (one < suspicious || costOf(attack, 4 * short, 1) < 6 * one) return undefined;
    const sixteen = costOf(attack, 16 * short, 1);
    if (sixteen < 64 * one) return undefined;
    return `${JSON.stringify([attack.start, attack.pump])}: ${one} microseconds, and ${sixteen} for 16 times the text`;
  };
  for (const attack of attacks) {
    let found = growthOf(attack);
    for (let again = 0; again < timesMore && found !== undefined; again += 1) found = growthOf(attack);
    if (found !== undefined) return found;
  }
  return undefined;
}
