import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @import { Source } from './sources.js' */

/**
 * Clients of other languages, each driven by a few lines of its language that take a call, a PSID and a text or an app id.
 *
 * @typedef {object} OtherClient
 * @property {string} name
 * @property {string} language
 * @property {Source} source
 * @property {(place: Place) => readonly string[]} build what to start, ready to be started many times
 *
 * @typedef {object} Place
 * @property {string} clones where the repositories are laid out
 * @property {string} folder for what is built
 * @property {string} certificate to be trusted
 */

const driver = (/** @type {string} */ file) => join(import.meta.dirname, 'drivers', file);
const trusting = (/** @type {string} */ certificate) =>
  ['curl.cainfo', 'openssl.cafile'].flatMap((setting) => ['-d', `${setting}=${certificate}`]);

/** @type {readonly OtherClient[]} */
export const otherClients = [
  {
    name: 'Koala',
    language: 'Ruby',
    source: { clone: 'arsduo/koala', debian: ['ruby', 'ruby-faraday', 'ruby-addressable'] },
    build({ clones, folder }) {
      // Faraday 1, which Debian has, brings in itself what is a gem of its own since.
      mkdirSync(join(folder, 'faraday'), { recursive: true });
      writeFileSync(join(folder, 'faraday', 'multipart.rb'), '');
      return ['ruby', '-I', join(clones, 'arsduo/koala/lib'), '-I', folder, driver('koala.rb')];
    },
  },
  {
    name: 'facebook-sdk',
    language: 'Python',
    source: { clone: 'mobolic/facebook-sdk', debian: ['python3', 'python3-requests'] },
    build: ({ clones }) => [
      'env',
      `PYTHONPATH=${join(clones, 'mobolic/facebook-sdk')}`,
      '/usr/bin/python3',
      driver('facebookSdk.py'),
    ],
  },
  {
    name: 'huandu/facebook',
    language: 'Go',
    source: { clone: 'huandu/facebook', debian: ['golang-go'] },
    build: ({ clones, folder }) => [
      buildGo({
        folder: join(folder, 'huandu'),
        main: driver('huandu.go'),
        packages: { 'github.com/huandu/facebook/v2': join(clones, 'huandu/facebook') },
      }),
    ],
  },
  {
    name: 'RestFB',
    language: 'Java',
    source: { clone: 'restfb/restfb', debian: ['liblombok-java', 'libslf4j-java'] },
    build({ clones, folder }) {
      const source = join(clones, 'restfb/restfb/src/main');
      const [lombok, slf4j] = ['/usr/share/java/lombok.jar', '/usr/share/java/slf4j-api.jar'];
      const classes = join(folder, 'restfb');
      const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.java'));
      mkdirSync(classes, { recursive: true });
      writeFileSync(join(classes, 'sources'), files.map((name) => join(source, name)).join('\n'));
      const paths = ['-cp', `${lombok}:${slf4j}`, '-processorpath', lombok, '-d', classes];
      const inputs = [`@${join(classes, 'sources')}`, driver('RestFb.java')];
      execFileSync('javac', ['-nowarn', '-encoding', 'utf8', ...paths, ...inputs], { stdio: 'ignore' });
      return ['sh', driver('restFb.sh'), `${classes}:${slf4j}`];
    },
  },
  {
    name: 'Net::Facebook::Oauth2',
    language: 'Perl',
    source: { debian: ['libnet-facebook-oauth2-perl'] },
    build: () => ['perl', driver('netFacebookOauth2.pl')],
  },
  {
    name: 'Horde_Service_Facebook',
    language: 'PHP',
    source: { debian: ['php-horde-service-facebook', 'php-horde-url', 'php-cli', 'php-curl'] },
    build: ({ certificate }) => ['php', ...trusting(certificate), driver('horde.php')],
  },
  {
    name: 'fb',
    language: 'Haskell',
    source: { debian: ['libghc-fb-dev', 'ghc'] },
    build({ folder }) {
      const program = join(folder, 'fbInHaskell');
      execFileSync('ghc', ['-O0', '-outputdir', join(folder, 'haskell'), '-o', program, driver('fb.hs')], {
        stdio: 'ignore',
      });
      return [program];
    },
  },
];

/**
 * Builds a Go program against the sources of packages and what Debian has of Go, without any registry.
 *
 * @param {{ folder: string, main: string, packages: Readonly<Record<string, string>> }} what packages by their import path
 */
export function buildGo({ folder, main, packages }) {
  for (const [path, source] of Object.entries(packages)) cpSync(source, join(folder, 'src', path), { recursive: true });
  const program = join(folder, 'program');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: `${folder}:/usr/share/gocode` };
  execFileSync('go', ['build', '-o', program, main], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return program;
}
