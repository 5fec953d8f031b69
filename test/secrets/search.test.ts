import { expect } from 'chai';
import { takeFoundSecrets, watch } from '../support/outputGuard.ts';
import { everythingOf, findSecrets, plantedSecrets } from '../support/plantedSecrets.ts';

const { pageToken } = plantedSecrets;

describe('The search for planted secrets', () => {
  it('finds them when they are there', () => {
    for (const secret of Object.values(plantedSecrets)) {
      for (const text of [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(JSON.stringify(secret)),
        secret.toUpperCase(),
      ]) {
        expect(findSecrets(`a ${text} b`), text).not.to.deep.equal([]);
      }
      for (const before of ['', 'a', 'ab']) {
        const text = Buffer.from(`${before}${secret}`).toString('base64');
        expect(findSecrets(text), text).not.to.deep.equal([]);
      }
    }
    const hidden = new Error('x', { cause: { deep: [{ config: { headers: { a: pageToken } } }] } });
    expect(findSecrets(everythingOf(hidden))).not.to.deep.equal([]);
  });

  it('finds them in what the tests write, whatever test writes it', () => {
    const stream = { write: () => true };
    watch(stream);
    (stream.write as (text: unknown) => boolean)('a zq7pageToken9x b');
    (stream.write as (text: unknown) => boolean)(Buffer.from('a-fake-page-token'));
    expect(takeFoundSecrets()).to.deep.equal(['zq7pageToken9x', 'a-fake-page-token']);
  });
});
