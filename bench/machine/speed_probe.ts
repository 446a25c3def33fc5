/**
 * How fast the CPU is right now: fixed work in registers, timed. It is eight
 * chains of arithmetic that do not wait for one another, so that they keep all
 * of a core's units busy, and what another thread of the core takes is missed. A
 * single chain only waits for itself: where parts of turns took 1.62 times as
 * long (medians of 603), eight chains took 1.52 times and one chain 1.07.
 */

/** Steps of the chains: about 30 us. */
const STEPS = 10_000;
/** Runs after which V8 has compiled it for good, on another thread as well. */
const COMPILING_RUNS = 40;

// In memory between runs, so that what V8 learns of the chains never changes.
const chains = Int32Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
let isCompiled = false;

/** Does the work. */
export function fixedWork(): void {
  let a = chains[0] ?? 0;
  let b = chains[1] ?? 0;
  let c = chains[2] ?? 0;
  let d = chains[3] ?? 0;
  let e = chains[4] ?? 0;
  let f = chains[5] ?? 0;
  let g = chains[6] ?? 0;
  let h = chains[7] ?? 0;
  for (let step = 0; step < STEPS; step++) {
    a = (a ^ (a >>> 15)) + step | 0;
    b = (b ^ (b >>> 13)) + step | 0;
    c = (c ^ (c >>> 11)) + step | 0;
    d = (d ^ (d >>> 9)) + step | 0;
    e = (e ^ (e >>> 7)) + step | 0;
    f = (f ^ (f >>> 5)) + step | 0;
    g = (g ^ (g >>> 3)) + step | 0;
    h = (h ^ (h >>> 6)) + step | 0;
  }
  chains[0] = a;
  chains[1] = b;
  chains[2] = c;
  chains[3] = d;
  chains[4] = e;
  chains[5] = f;
  chains[6] = g;
  chains[7] = h;
}

/** Has the work compiled, once in a thread, before anything is timed. */
export function compileFixedWork(): void {
  if (isCompiled) return;
  isCompiled = true;
  for (let run = 0; run < COMPILING_RUNS; run++) fixedWork();
}

/**
 * Times the work.
 *
 * @param cpuNs The CPU clock, in ns.
 * @param work Default: {@linkcode fixedWork}.
 */
export function probeSpeed(
  cpuNs: () => number,
  work: () => void = fixedWork,
): number {
  const start = cpuNs();
  work();
  return cpuNs() - start;
}
