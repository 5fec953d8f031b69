import { expect } from 'chai';
import { parseJson } from '../../models/readJson.ts';
import { brokenLimitOf, quoteLongIntegers } from '../../models/scanJson.ts';
import { seededRandom } from '../support/seededRandom.ts';

/** What {@link parseJson} means, told by a reviver. */
function parseSlowly(text: string): unknown {
  return JSON.parse(text, (name: string, value: unknown, context?: { source?: string }) => {
    if (name === '__proto__') return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    return context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value;
  });
}

const outcomeOf = (parse: (text: string) => unknown, text: string): unknown => {
  try {
    return { value: parse(text) };
  } catch (err) {
    return (err as Error).name;
  }
};

describe('parseJson', () => {
  const alphabet = [
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    ' ',
    '-',
    '0',
    '12345678901234567890',
    '98765432109876543',
    'e5',
  ];
  const more = [
    '.',
    '1',
    'true',
    'null',
    '"a"',
    '"__proto__"',
    '"\\u005f_proto__"',
    '\n',
    '9007199254740993',
    '"1234567890123456789"',
  ];

  it('is a reviver in all but its cost: 10,000 texts of few signs, JSON or not', () => {
    const random = seededRandom(7).next;
    const signs = [...alphabet, ...more];
    for (let i = 0; i < 10_000; i += 1) {
      const length = 1 + Math.floor(random() * 12);
      const text = Array.from({ length }, () => signs[Math.floor(random() * signs.length)]).join('');
      expect(outcomeOf(parseJson, text), text).to.deep.equal(outcomeOf(parseSlowly, text));
    }
  });

  it('is one in documents too', () => {
    const random = seededRandom(8).next;
    const make = (depth: number): string => {
      const kind = Math.floor(random() * (depth > 4 ? 4 : 6));
      const few = () => Array.from({ length: Math.floor(random() * 4) });
      if (kind === 0) return String(Math.floor(random() * 1e20)).padEnd(18, '7');
      if (kind === 1) return JSON.stringify(`text \\ " ${'1'.repeat(20)} é`);
      if (kind === 2) return '-12345678901234567890';
      if (kind === 3) return '1.5e3';
      if (kind === 4)
        return `[${few()
          .map(() => make(depth + 1))
          .join(' , ')}]`;
      return `{${few()
        .map((_, i) => `${['"a"', '"__proto__"', '"\\u005f_proto__"', '"d"'][i]} : ${make(depth + 1)}`)
        .join(',')}}`;
    };
    for (let i = 0; i < 3_000; i += 1) {
      const text = make(0);
      expect(outcomeOf(parseJson, text), text).to.deep.equal(outcomeOf(parseSlowly, text));
    }
  });

  it('keeps the digits of a number that no double can hold at all', () => {
    expect(parseJson(`[${'9'.repeat(400)}]`)).to.deep.equal(['9'.repeat(400)]);
  });

  it('reads what is nested a hundred thousand levels deep', () => {
    const text = `${'{"__proto__":['.repeat(50_000)}12345678901234567890${']}'.repeat(50_000)}`;
    expect(parseJson(text)).to.deep.equal({});
    expect(parseJson(`${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)}`)).to.be.an('array');
  });
});

describe('quoteLongIntegers', () => {
  it('makes no JSON of what is none', () => {
    for (const text of [
      '01234567890123456789',
      '{12345678901234567890: 1}',
      '{12345678901234567890:1}',
      '-',
      '1-23456789012345678',
    ]) {
      expect(() => parseJson(text), text).to.throw(SyntaxError);
      expect(quoteLongIntegers(text)).to.equal(text);
    }
  });
});

describe('the limits of JSON', () => {
  const limits = { depth: 3, values: 6 };
  for (const [json, broken] of [
    ['[1,2,3,4,5,6]', 'values'],
    ['[1,2,3,4,5]', undefined],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5}', undefined],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', 'values'],
    ['",,,,,,,,[[[[[[["', undefined],
    ['"\\",,,,,,,,,\\\\"', undefined],
    ['[[[1]]]', undefined],
    ['[[[[1]]]]', 'depth'],
    ['[[[[', 'depth'],
    [',,,,,,,', 'values'],
    ['"', undefined],
  ] as const) {
    it(`${broken === undefined ? 'hold' : `are broken in ${broken}`} for ${json}`, () => {
      expect(brokenLimitOf(json, limits)).to.equal(broken);
    });
  }
});
