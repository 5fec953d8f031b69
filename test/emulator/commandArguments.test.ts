import { expect } from 'chai';
import { readArguments, usage } from '../../emulator/commandArguments.ts';

describe('The arguments of npm run emulator', () => {
  it('have a default each', () => {
    expect(readArguments([])).to.deep.equal({
      type: 'run',
      run: {
        port: 4600,
        azurePort: 4601,
        mode: 'routing',
        botUrls: { primary: 'http://127.0.0.1:3978', secondary: 'http://127.0.0.1:3979' },
        quiet: false,
      },
    });
  });

  it('are taken as they are given', () => {
    const args = '--port 0 --azure-port 65535 --mode classic --primary-bot http://localhost:1/ --quiet'.split(' ');
    expect(readArguments(args)).to.deep.equal({
      type: 'run',
      run: {
        port: 0,
        azurePort: 65_535,
        mode: 'classic',
        botUrls: { primary: 'http://localhost:1', secondary: 'http://127.0.0.1:3979' },
        quiet: true,
      },
    });
  });

  it('name fields that a Page has', () => {
    const fieldsOf = (text: string): unknown => {
      const read = readArguments(['--fields', text]);
      return read.type === 'run' ? read.run.fields : read;
    };
    expect(fieldsOf('all')).to.equal('all');
    expect(fieldsOf('messages,feed')).to.deep.equal(['messages', 'feed']);
    expect(fieldsOf('mesages')).to.deep.equal({ type: 'wrong', problem: 'A Page has no field "mesages".' });
  });

  it('ask for help in two spellings', () => {
    for (const option of ['--help', '-h']) expect(readArguments([option])).to.deep.equal({ type: 'help' });
  });

  const wrong: Record<string, string> = {
    '--prot 4700': "Unknown option '--prot'.",
    '--mode unheard': '--mode is one of classic, routing.',
    '--port 70000': '--port is a number from 0 to 65535.',
    '--azure-port x': '--azure-port is a number from 0 to 65535.',
    '--primary-bot nowhere': '--primary-bot is an http address without path, such as http://127.0.0.1:3978.',
    '--secondary-bot http://127.0.0.1:1/api/messages':
      '--secondary-bot is an http address without path, such as http://127.0.0.1:3978.',
  };
  for (const [args, problem] of Object.entries(wrong)) {
    it(`say what is wrong with ${args}`, () => {
      expect(readArguments(args.split(' '))).to.deep.equal({ type: 'wrong', problem });
    });
  }

  it('say so when a value or an option is missing', () => {
    for (const args of [['--port'], ['4700']]) {
      expect(readArguments(args))
        .to.have.property('problem')
        .that.matches(/^[A-Z].*\.$/);
    }
  });

  it('stand in the usage, all of them', () => {
    const names = ['port', 'azure-port', 'mode', 'primary-bot', 'secondary-bot', 'seed', 'state', 'quiet', 'help'];
    for (const name of names) expect(usage).to.contain(`--${name} `);
  });
});
