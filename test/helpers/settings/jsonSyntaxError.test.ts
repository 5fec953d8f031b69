import { expect } from 'chai';
import { findJsonSyntaxError } from '../../../helpers/settings/jsonSyntaxError.ts';

describe('findJsonSyntaxError', () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['{"a": 1,}', 1, 9],
    ['{"a": 1 "b": 2}', 1, 9],
    ['{\n  "a": x\n}', 2, 8],
    ["{'a': 1}", 1, 2],
    ['{"a" 1}', 1, 6],
    ['{"a": "unfinished}', 1, 7],
    ['{"a": "two\nlines"}', 1, 7],
    ['{"a": 01}', 1, 7],
    ['{\r\n"a": 1\r\n} // end', 3, 3],
    ['[1, 2', 1, 6],
    ['', 1, 1],
  ];
  for (const [text, line, column] of cases) {
    it(`finds line ${line}, column ${column} in ${JSON.stringify(text)}`, () => {
      expect(findJsonSyntaxError(text)).to.deep.equal({ line, column });
    });
  }

  it('agrees with JSON.parse about what is JSON, for every text that is one character away from a JSON text', () => {
    const valid = ' {"a": [1, -2.5e+3, true, {}, []], "b\\u00e4\\n": null, "": "x\u007f/\ud83d\ude00"} ';
    expect(findJsonSyntaxError(valid)).to.equal(undefined);
    for (let at = 0; at < valid.length; at++) {
      for (const sign of ['', ',', '"', '}', '[', ':', '0', '\\', 'e', '\n', ' ']) {
        const text = valid.slice(0, at) + sign + valid.slice(at + 1);
        expect(findJsonSyntaxError(text) === undefined, text).to.equal(isJson(text));
      }
    }
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
