import { expect } from 'chai';
import { endpointNames } from '../support/bothEndpoints.ts';
import {
  playReported,
  reportedEvents,
  shippedBots,
  tellingBot,
  type Outcome,
  type ShippedBot,
} from '../support/reportedEvents.ts';

/** Azure's channel passes on no other lists and nothing about guests who have no id: what it does with them is not known. */
const unknownBehindAzure = ['handoversInAListOfTheirOwn', 'guestsAndPriorMessage', 'feedComment', 'dashboardTest'];
/** These are about another platform, so Azure's Facebook channel has no part in them. */
const notAzures = ['instagramMessage', 'whatsAppHandover'];

/** What somebody should look at, and what a bot says about it. */
const isToldOnPurpose = /^an event went into quarantine$|^Meta's own AI answers|^Meta enforces a policy/;

const withoutHop = ({ event, handlers }: Outcome['turns'][number]) => {
  const { hopContext: _, ...rest } = (event ?? {}) as Record<string, unknown>;
  return { event: event === null ? null : rest, handlers };
};

for (const endpoint of endpointNames) {
  describe(`what was reported, through ${endpoint}`, () => {
    for (const [name, reported] of reportedEvents()) {
      const { what, bodies, expected } = reported;
      if (endpoint === 'webhook' ? bodies === undefined : notAzures.includes(name)) continue;
      const isTold = endpoint === 'webhook' || !unknownBehindAzure.includes(name);

      it(`${name}: ${what}`, async () => {
        const turns: Outcome['turns'] = [];
        const { quarantined, statuses } = await playReported(reported, endpoint, () => tellingBot(turns));
        expect(statuses.every((status) => status === 200)).to.equal(true);
        if (!isTold) return;
        const seen = bodies !== undefined && endpoint === 'azure' ? withoutHop : (turn: object) => turn;
        expect(turns.map(seen)).to.deep.equal(expected.turns.map(seen));
        expect(quarantined).to.deep.equal(expected.quarantined);
      });

      for (const bot of Object.keys(shippedBots) as ShippedBot[]) {
        it(`${name} is ${expected.answered[bot] ? '' : 'not '}answered by the ${bot} bot`, async () => {
          const { said, alarms } = await playReported(reported, endpoint, shippedBots[bot]);
          if (isTold) expect(said > 0).to.equal(expected.answered[bot]);
          const others = alarms.filter((message) => !isToldOnPurpose.test(message));
          expect(others).to.deep.equal([]);
        });
      }
    }
  });
}
