import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { createLogger } from '../../helpers/logging/pinoLogger.ts';
import { escapeUnprintable, printable } from '../../helpers/logging/printableText.ts';
import { createReadableLine } from '../../helpers/logging/readableLine.ts';
import { createScrubber } from '../../helpers/logging/scrubLine.ts';
import { Secret } from '../../helpers/secret.ts';
import { parseJson } from '../../models/readJson.ts';
import { brokenLimitOf, quoteLongIntegers } from '../../models/scanJson.ts';
import { attacksOn, findSuperLinear, regularExpressionsIn, runExpression } from './superLinear.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shipped = globSync(['*.ts', '{adapters,bots,commands,helpers,models,store,emulator,playground}/**/*.{ts,js}'], {
  cwd: root,
}).sort();

/** @param pieces of how many pieces of a pattern the hostile texts are made, at most */
export function describeSuperLinear(pieces: number): void {
  describe('Twice the text takes twice the time', () => {
    it('is seen to be wrong where it is wrong', () => {
      for (const [wrong, hint] of [
        [runExpression(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g), String.raw`eyJ[\w-]+\.`],
        [runExpression(/\/+$/), '/'],
        [runExpression(/\s*\{$/), String.raw`\s{`],
        [(text: string) => void stripVTControlCharacters(text), '\u001b]'],
      ] as const) {
        expect(findSuperLinear(wrong, attacksOn(hint, pieces), 1), hint).to.be.a('string');
      }
    });

    const expressions = shipped.flatMap((file) => regularExpressionsIn(file, readFileSync(`${root}/${file}`, 'utf8')));

    it('is asked of every regular expression of the sources', () => {
      expect(expressions.length).to.be.above(100);
    });

    for (const { place, expression } of expressions) {
      it(place, () => {
        expect(findSuperLinear(runExpression(expression), attacksOn(expression.source, pieces))).to.equal(undefined);
      });
    }

    const scrubber = createScrubber([new Secret('a-fake-password "with\\signs'), new Secret('-.-.-.-.-.-.eyJ')]);
    const logger = createLogger({ level: 'info', scrubber, destination: { write: () => undefined } });
    const words = createLogger({ level: 'info', scrubber, format: 'text', destination: { write: () => undefined } });
    const readable = createReadableLine((_style, text) => text);
    const hints = [
      String.raw`eyJ-.[\w]`,
      '\u001b]\u0007[0m\n',
      String.raw`"\{}[],:`,
      String.raw`Bearer access_token=\s%3D`,
      '\u202e\u2028\ud800',
      '9-,[ ',
    ];
    for (const [what, run] of Object.entries<(text: string) => void>({
      'the scrubber of texts': (text) => void scrubber.text(text),
      'the scrubber of lines': (text) => void scrubber.line(JSON.stringify({ type: text })),
      'the beginning of a text': (text) => void scrubber.beginning(text, 4_000),
      'a log line': (text) => logger.info({ kind: text, [text]: [text], err: new Error(text) }, 'said'),
      'a log line in words': (text) => words.info({ kind: text, err: new Error(text) }, 'said'),
      'a readable line': (text) =>
        void readable(JSON.stringify({ msg: text, kind: text, err: { message: text, stack: text } })),
      'a printable text': (text) => void printable(text),
      'an escaped text': (text) => void escapeUnprintable(text),
      'the limits of JSON': (text) => void brokenLimitOf(text, { depth: 1e9, values: 1e9 }),
      'long numbers in JSON': (text) => void quoteLongIntegers(text),
      'reading JSON': (text) => {
        try {
          parseJson(text);
        } catch {
          // Most of these are none.
        }
      },
    })) {
      it(`${what}, whatever the text is made of`, () => {
        for (const hint of hints) expect(findSuperLinear(run, attacksOn(hint, pieces)), hint).to.equal(undefined);
      });
    }
  });
}
