import { cpus } from 'node:os';

/** What everybody but the benchmark did with the processors. */
export interface OtherWork {
  /** From 0 to 1 of all cores, since the watch was started. @param serverCpuMs what the server under test used in that time */
  share(serverCpuMs: number): number;
}

/** So that a figure tells how far it can be believed: what is measured beside other work is slower, and not by the same factor. */
export function watchOtherWork(): OtherWork {
  const [machine, own, begun] = [busyMs(), process.cpuUsage(), performance.now()];
  return {
    share: (serverCpuMs) => {
      const { user, system } = process.cpuUsage(own);
      const others = busyMs() - machine - serverCpuMs - (user + system) / 1000;
      return Math.max(0, others / (performance.now() - begun) / cpus().length);
    },
  };
}

function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
