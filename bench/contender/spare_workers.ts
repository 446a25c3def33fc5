/**
 * Workers that have audited, for the next run of the same process: their
 * modules are loaded, and their path is compiled. A worker lets no process end,
 * so that none is kept unless a program that runs the lab many times and then
 * ends by itself asks for it. What is timed never has one.
 */

const spare: Worker[] = [];
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
  for (const worker of spare.splice(count)) worker.terminate();
  return before;
}

/** Gives a worker that waits, if there is one. */
export function takeSpareWorker(): Worker | undefined {
  return spare.pop();
}

/**
 * Keeps a worker that has answered all that it was asked.
 *
 * @param worker Whose answers nobody waits for any more.
 * @returns Whether it is kept; its owner ends it otherwise.
 */
export function keepSpareWorker(worker: Worker): boolean {
  if (spare.length >= most) return false;
  worker.onmessage = worker.onmessageerror = worker.onerror = null;
  spare.push(worker);
  return true;
}
