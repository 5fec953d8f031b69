import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';
import * as samples from '../../../bots/samples/createBot.ts';
import { endpoints, type Stage, type StageOptions } from '../../../testing/openStage.ts';
import { withStage } from '../../../testing/withStage.ts';

const page = readFileSync(new URL('../../../docs/takeover.md', import.meta.url), 'utf8');

/** The settings and the transcript of a recipe, as they stand in the document. */
function recipe(title: string): { settings: Record<string, string>; transcript: string } {
  const [, section = ''] = page.split(`\n### ${title}\n`);
  const block = (language: string) => section.split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? '';
  const settings = Object.entries(JSON.parse(block('json')) as Record<string, unknown>);
  return {
    settings: Object.fromEntries(settings.map(([name, value]) => [name, String(value)])),
    transcript: block('text'),
  };
}

const weekday = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', weekday: 'short' });
const time = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' });

/** A day on a stage, written down as people would. */
class Day {
  readonly lines: string[] = [];
  readonly #stage: Stage;
  #owner = '';

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Lets time go by until it is that weekday and hour in Berlin. */
  async begins(day: string, hour: string): Promise<void> {
    const { clock } = this.#stage;
    const minute = 60_000;
    let at = Math.ceil(clock.now() / minute) * minute;
    while (`${weekday.format(at)} ${time.format(at)}` !== `${day} ${hour}`) at += minute;
    await clock.advance(at - clock.now());
    this.#owner = this.#stage.owner();
  }

  async after(minutes: number): Promise<void> {
    const { clock, emulator } = this.#stage;
    const end = clock.now() + minutes * 60_000;
    // What is said meanwhile is said at its time.
    for (let now = clock.now(); now < end; now = clock.now()) {
      await clock.advance(Math.max(1, Math.min(end, emulator.nextDue() ?? end) - now));
      this.#note();
    }
  }

  async customer(text: string): Promise<void> {
    await this.#does(`customer: ${text}`, () => this.#stage.customer.says(text));
  }

  async person(text: string): Promise<void> {
    await this.#does(`person: ${text}`, () => this.#stage.inbox.says(text));
  }

  async done(): Promise<void> {
    await this.#does('person clicks Done', () => this.#stage.inbox.marksDone());
  }

  async #does(line: string, action: () => Promise<void>): Promise<void> {
    this.lines.push(`${this.#now()} ${line}`);
    await action();
    this.#note();
  }

  #note(): void {
    this.lines.push(...this.#stage.texts().map((text) => `${this.#now()} ${text}`));
    const owner = this.#stage.owner();
    if (owner !== this.#owner) this.lines.push(`      (now with: ${owner})`);
    this.#owner = owner;
  }

  #now(): string {
    return time.format(this.#stage.clock.now());
  }
}

for (const endpoint of endpoints) {
  describe(`The recipes of docs/takeover.md, through ${endpoint}`, () => {
    const plays = (title: string, more: Partial<StageOptions>, play: (day: Day) => Promise<void>): void => {
      it(title, async () => {
        const { settings, transcript } = recipe(title);
        const { BotRole: role = 'primary', ...others } = settings;
        await withStage({ bot: samples, endpoint, role, settings: others, ...more }, async (stage) => {
          const day = new Day(stage);
          await play(day);
          // The next Monday has another date each week.
          const written = day.lines.join('\n').replace(/Monday, \w+ \d+ at/, 'Monday, November 30 at');
          expect(written).to.equal(transcript);
          expect(stage.failures()).to.deep.equal([]);
          expect(await stage.deadLetters()).to.deep.equal([]);
        });
      });
    };

    plays('A small shop with a phone', {}, async (day) => {
      await day.begins('Tue', '10:00');
      await day.customer('hi');
      await day.customer('Can I talk to a human?');
      await day.after(12);
      await day.person('Hi, this is Ana. What can I do for you?');
      await day.customer('My parcel did not come.');
      await day.after(20);
      await day.person('It will be there tomorrow.');
      await day.after(45);
      await day.customer('thanks');
      await day.customer('Pass to Inbox');
      await day.person('I have to look that up. /bot tells the bot to go on.');
      await day.person('/bot');
    });

    plays('A team with opening hours', {}, async (day) => {
      await day.begins('Fri', '16:30');
      await day.customer('agent please');
      await day.person('Good afternoon, how can I help?');
      await day.done();
      await day.after(45);
      await day.customer('I need to speak to a person again');
      await day.after(63 * 60 + 55);
      await day.person('Good morning! You wrote on Friday.');
    });

    plays(
      'An agency with a CRM',
      {
        otherBot: () =>
          new FacebookActivityHandler().onMessage(async (context, next) => {
            await context.sendActivity('CRM: Ben here, I have read everything.');
            await next();
          }),
      },
      async (day) => {
        await day.begins('Wed', '11:00');
        await day.customer('hi');
        await day.customer('hello?');
        await day.customer('what?');
        await day.customer('Is my order on its way?');
        await day.after(90);
        await day.customer('thank you');
      },
    );

    plays('A Page without routing', { mode: 'open' }, async (day) => {
      await day.begins('Thu', '09:00');
      await day.customer('hi');
      await day.person('Hi, I am Ana, I am taking over.');
      await day.customer('My parcel did not come.');
      await day.after(40);
      await day.person('/pause 2h');
      await day.customer('OK, I wait.');
      await day.after(110);
      await day.customer('Still waiting');
      await day.after(15);
      await day.customer('hello?');
      await day.customer('Can I talk to a human?');
      await day.after(75);
      await day.customer('Nobody there?');
    });
  });
}
