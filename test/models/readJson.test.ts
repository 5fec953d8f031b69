import { expect } from 'chai';
import { parseJson, readFlag, readId, readInteger, readObject, readProperty, readTime } from '../../models/readJson.ts';

describe('reading unknown JSON', () => {
  it('reads own properties only', () => {
    expect(readProperty({}, 'constructor')).to.equal(undefined);
    expect(readProperty([], 'length')).to.equal(undefined);
    expect(readObject(Object.create({ message: {} }), 'message')).to.equal(undefined);
    expect(readProperty(JSON.parse('{"__proto__":1}'), '__proto__')).to.equal(1);
  });

  it('takes ids from strings and from safe whole numbers, and no others', () => {
    expect(readId({ id: '263902037430900' }, 'id')).to.equal('263902037430900');
    expect(readId({ id: 263902037430900 }, 'id')).to.equal('263902037430900');
    expect(readId({ id: 9007199254740991 }, 'id')).to.equal('9007199254740991');
    for (const id of ['', 2 ** 53, -1, 0, 1.5, Number.NaN, null, true, {}, ['1']]) {
      expect(readId({ id }, 'id'), JSON.stringify(id)).to.equal(undefined);
    }
  });

  it('keeps the digits of a long id that a double would round', () => {
    expect(parseJson('{"new_owner_app_id":9007199254740993,"timestamp":1767225600123,"n":[1.5,1e300]}')).to.deep.equal({
      new_owner_app_id: '9007199254740993',
      timestamp: 1767225600123,
      n: [1.5, 1e300],
    });
  });

  it('keeps them wherever they stand, and texts of digits as they are', () => {
    expect(parseJson('9007199254740993')).to.equal('9007199254740993');
    expect(parseJson('[9007199254740993,\n9007199254740993]')).to.deep.equal(['9007199254740993', '9007199254740993']);
    expect(parseJson('{"a":"9007199254740993","b":-9007199254740993}')).to.deep.equal({
      a: '9007199254740993',
      b: '-9007199254740993',
    });
  });

  it('leaves out properties called __proto__, in whatever spelling', () => {
    for (const name of ['__proto__', '\\u005f_proto__', '\\u005F\\u005Fproto__']) {
      expect(Object.keys(parseJson(`{"${name}":{"admin":true},"a":9007199254740993}`) as object)).to.deep.equal(['a']);
    }
  });

  it('throws on text that is not JSON', () => {
    expect(() => parseJson('<html>')).to.throw(SyntaxError);
  });

  it('turns seconds into milliseconds and leaves milliseconds alone', () => {
    expect(readTime({ t: 1665424533 }, 't')).to.equal(1665424533000);
    expect(readTime({ t: 1665424533123 }, 't')).to.equal(1665424533123);
    expect(readTime({ t: '1665424533' }, 't')).to.equal(1665424533000);
    for (const t of [0, -5, 'soon', null, 1.5, Number.NaN]) {
      expect(readTime({ t }, 't'), String(t)).to.equal(undefined);
    }
    for (const t of [1, 99_999_999]) expect(readTime({ t }, 't'), String(t)).to.equal(undefined);
    // What was read reads the same again.
    for (const t of [100_000_000, 1_665_424_533, 99_999_999_999, 1_665_424_533_123]) {
      const time = readTime({ t }, 't');
      expect(readTime({ t: time }, 't'), String(t)).to.equal(time);
    }
  });

  it('reads whole numbers and truths also from strings', () => {
    expect(readInteger({ code: '190' }, 'code')).to.equal(190);
    expect(readInteger({ code: 'OAuth' }, 'code')).to.equal(undefined);
    expect(readFlag({ success: 'true' }, 'success')).to.equal(true);
    expect(readFlag({ success: 1 }, 'success')).to.equal(false);
  });
});
