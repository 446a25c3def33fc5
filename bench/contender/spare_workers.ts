/**
 * Workers that have audited or checked, for the next run of the same process:
 * their modules are loaded, and their path is compiled. A worker lets no process end,
 * so that none is kept unless a program that runs the lab many times and then
 * ends by itself asks for it. What is timed never has one.
 */

interface Spare {
  readonly module: string;
  readonly worker: Worker;
}

/** The one that has waited longest comes first. */
const spare: Spare[] = [];
let most = 0;

/**
 * Keeps workers from here on.
 *
 * @param count How many may wait for a run at once; those above it end.
 * @returns How many might so far.
 */
export function keepSpareWorkers(count: number): number {
  const before = most;
  most = count;
  for (const { worker } of spare.splice(0, Math.max(0, spare.length - count))) {
    worker.terminate();
  }
  return before;
}

/**
 * Returns a worker that waits, if there is one.
 *
 * @returns The worker, which nobody else has.
 */
export function takeSpareWorker(module: URL): Worker | undefined {
  const at = spare.findLastIndex((one) => one.module === module.href);
  return at < 0 ? undefined : spare.splice(at, 1)[0]?.worker;
}

/**
 * Keeps a worker that has answered all that it was asked, in place of the one
 * that has waited longest where there are enough.
 *
 * @returns Whether it is kept; its owner ends it otherwise.
 */
export function keepSpareWorker(module: URL, worker: Worker): boolean {
  if (most === 0) return false;
  worker.onmessage = worker.onmessageerror = worker.onerror = null;
  spare.push({ module: module.href, worker });
  if (spare.length > most) spare.shift()?.worker.terminate();
  return true;
}
