import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { readYaml } from '../support/readYaml.ts';

const root = join(import.meta.dirname, '..', '..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, ' ');
const lines = dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const [, finalStage = []] = lines.reduce<string[][]>((stages, line) => {
  if (line.startsWith('FROM ')) stages.push([]);
  stages.at(-1)!.push(line);
  return stages;
}, []);
const commandOf = (name: string): string[] => {
  const line = finalStage.find((one) => one.startsWith(`${name} `))!;
  return JSON.parse(line.slice(line.indexOf('['))) as string[];
};
/** What the final stage copies from the project, as it stands there. */
const copied = finalStage
  .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
  .flatMap((line) => line.split(' ').slice(1, -1));

describe('the Dockerfile', () => {
  it('builds on slim Node 24, without development and optional packages', () => {
    const images = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    expect(new Set(images).size, 'one image for both stages').to.equal(1);
    expect(images[0]).to.match(/^node:24-slim@sha256:[0-9a-f]{64}$/);
    expect(dockerfile).to.contain('RUN npm ci --omit=dev --omit=optional');
  });

  it('runs as a user who is not root, with a volume for the store and NODE_ENV=production', () => {
    const user = finalStage.findIndex((line) => line === 'USER node');
    expect(user).to.be.greaterThan(finalStage.findIndex((line) => line.startsWith('RUN ')));
    expect(finalStage).to.include.members(['VOLUME /data', 'ENV NODE_ENV=production', 'EXPOSE 3978']);
  });

  it('leaves no package manager in the image', () => {
    expect(finalStage.join('\n')).to.match(/^RUN rm -rf .*\/usr\/local\/lib\/node_modules.*npm/m);
  });

  it('copies only what exists, and what .dockerignore lets through', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied).to.include.members(['index.ts', 'server.ts', 'bots']);
    for (const path of copied) {
      expect(allowed).to.include(path);
      expect(() => statSync(join(root, path)), path).not.to.throw();
    }
    expect(readFileSync(join(root, '.dockerignore'), 'utf8')).to.match(/^\*$/m);
  });

  describe('with what it copies, in a folder of its own', () => {
    let folder: string;
    let bot: ChildProcess;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'image-'));
      for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true });
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    });
    afterEach(async () => {
      if (bot.exitCode === null) {
        bot.kill('SIGTERM');
        await once(bot, 'exit');
      }
    });
    after(() => rmSync(folder, { recursive: true }));

    const inContainer = (command: readonly string[], env: Record<string, string>): ChildProcess =>
      spawn(process.execPath, command.slice(1), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const health = async (port: string): Promise<unknown> => {
      const [code] = (await once(inContainer(commandOf('HEALTHCHECK'), { PORT: port }), 'exit')) as [number];
      return code;
    };

    it('starts a bot whose health check succeeds, and fails once it is gone', async () => {
      expect([commandOf('CMD')[0], commandOf('HEALTHCHECK')[0]]).to.deep.equal(['node', 'node']);
      bot = inContainer(commandOf('CMD'), { PORT: '0' });
      let port: string | undefined;
      for await (const line of createInterface({ input: bot.stdout! })) {
        port = /127\.0\.0\.1:(\d+)\/api\/messages/.exec(line)?.[1];
        if (port !== undefined) break;
      }
      expect(await health(port!)).to.equal(0);
      bot.kill('SIGTERM');
      await once(bot, 'exit');
      expect(await health(port!)).to.equal(1);
    });

    it('refuses to start as it stands, without credentials in production', async () => {
      bot = inContainer(commandOf('CMD'), { PORT: '0', NODE_ENV: 'production' });
      expect((await once(bot, 'exit')) as unknown[]).to.deep.equal([1, null]);
    });
  });
});

describe('compose.yaml', () => {
  interface Service {
    readonly [name: string]: unknown;
    readonly environment: Record<string, string>;
    readonly ports: string[];
    readonly volumes: string[];
  }
  const { services: written, volumes } = readYaml('compose.yaml') as {
    services: Record<string, Service & { readonly '<<': object }>;
    volumes: Record<string, unknown>;
  };
  // Compose merges what stands under `<<`; the parser here leaves that to its caller.
  const services = Object.fromEntries(
    Object.entries(written).map(([name, { '<<': shared, ...own }]): [string, Service] => [name, { ...shared, ...own }]),
  );

  it('has both bots, each with its own settings, port and store', () => {
    expect(Object.keys(services)).to.deep.equal(['primary', 'secondary']);
    for (const [role, service] of Object.entries(services)) {
      expect(service.environment['BotRole']).to.equal(role);
      expect(service['env_file']).to.equal(`.env.${role}`);
      expect(service.volumes).to.deep.equal([`${role}-store:/data`]);
      expect(Object.keys(volumes)).to.include(`${role}-store`);
    }
    const hostPorts = Object.values(services).map(({ ports }) => ports.join());
    expect(new Set(hostPorts).size).to.equal(2);
  });

  it('bounds their memory and the number of their processes', () => {
    for (const service of Object.values(services)) {
      expect(service).to.include.keys('mem_limit', 'pids_limit');
    }
  });

  it('gives them a read-only file system, no capabilities, and opens no port to the network', () => {
    for (const service of Object.values(services)) {
      expect(service).to.deep.include({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'], init: true });
      for (const port of service.ports) expect(port).to.match(/^127\.0\.0\.1:\d+:3978$/);
    }
  });

  it('keeps its settings files out of git', () => {
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).to.match(/^\.env\.\*$/m);
  });
});
