import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What both scripts can be told, each in its own spelling. */
export interface DeployOptions {
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly only?: string;
  readonly zip?: string;
  readonly out?: string;
  readonly whatIf?: true;
  readonly printVerifyTokens?: true;
}

export interface DeployScript {
  readonly name: string;
  readonly path: string;
  /** The program that runs it, and what that has to be told first. */
  readonly program: string;
  readonly before: readonly string[];
  readonly spelling: Readonly<Record<keyof DeployOptions, string>>;
}

export interface DeployRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The arguments of each call of `az`, as one line. */
  readonly calls: readonly string[];
  /** The files with secrets that `az` was given: where, their mode as `ls` shows it, and what is in them. */
  readonly given: readonly { readonly path: string; readonly mode: string; readonly json: string }[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(`../../deploymentTemplates/${name}`, import.meta.url));

export const bashScript: DeployScript = {
  name: 'deploy.sh',
  path: pathOf('deploy.sh'),
  program: 'bash',
  before: [],
  spelling: {
    resourceGroup: '--resource-group',
    location: '--location',
    only: '--only',
    zip: '--zip',
    out: '--out',
    whatIf: '--what-if',
    printVerifyTokens: '--print-verify-tokens',
  },
};

export const powerShellScript: DeployScript = {
  name: 'deploy.ps1',
  path: pathOf('deploy.ps1'),
  program: 'pwsh',
  before: ['-NoProfile', '-NonInteractive', '-File'],
  spelling: {
    resourceGroup: '-ResourceGroup',
    location: '-Location',
    only: '-Only',
    zip: '-Zip',
    out: '-Out',
    whatIf: '-WhatIfOnly',
    printVerifyTokens: '-PrintVerifyTokens',
  },
};

/** Whether a program is there to run a script with. The stand-in for `az` is a shell script, so on Windows it never is. */
export function canRun({ program }: DeployScript): boolean {
  if (process.platform === 'win32') return false;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function argumentsOf({ spelling }: DeployScript, options: DeployOptions): string[] {
  return Object.entries(options).flatMap(([name, value]: [string, string | true]) => {
    const option = spelling[name as keyof DeployOptions];
    return value === true ? [option] : [option, value];
  });
}

/** Runs a script with a stand-in for the Azure CLI, in a folder of the test's own with a folder `tmp` in it. */
export async function runScript(
  { program, before, path }: DeployScript,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<DeployRun> {
  const standIn = fileURLToPath(new URL('fixtures', import.meta.url));
  const child = spawn(program, [...before, path, ...args], {
    env: {
      PATH: `${standIn}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      AZ_LOG: join(folder, 'log'),
      AZ_SECRETS: join(folder, 'secrets'),
      TMPDIR: join(folder, 'tmp'),
      POWERSHELL_TELEMETRY_OPTOUT: '1',
      ...env,
    },
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  const linesOf = (name: string): string[] =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n').filter(Boolean) : [];
  const given = linesOf('secrets').map((line) => {
    const [, mode = '', file = '', json = ''] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
    return { mode, path: file, json };
  });
  return { code, out, err, calls: linesOf('log'), given };
}
