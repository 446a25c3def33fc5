/**
 * Workers that go on when all tests have ended. Worker.terminate() ends none
 * that spins (Deno 2.9): one that is left takes a CPU from all other tests.
 */

/** CPU time of each worker's thread so far, in clock ticks (Linux). */
async function workerTicks(): Promise<Map<string, number>> {
  const ticks = new Map<string, number>();
  for await (const { name } of Deno.readDir("/proc/self/task")) {
    try {
      const stat = await Deno.readTextFile(`/proc/self/task/${name}/stat`);
      // proc_pid_stat(5): "tid (comm) state ppid ...", utime and stime are 14
      // and 15.
      const end = stat.lastIndexOf(")");
      if (!stat.slice(0, end).includes("(worker-")) continue;
      const rest = stat.slice(end + 2).split(" ");
      ticks.set(name, Number(rest[11]) + Number(rest[12]));
    } catch (error) {
      // It has ended since.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return ticks;
}

/**
 * Waits until no worker works any more.
 *
 * @param turns Looks, a quarter of a second apart, that it is given to end
 *   what it does.
 * @throws {Error} If one goes on, or what came of it.
 */
export async function requireIdleWorkers(turns = 80): Promise<void> {
  if (Deno.build.os !== "linux") return;
  let before = await workerTicks();
  let busy: string[] = [];
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const after = await workerTicks();
    busy = [...after].filter(([name, ticks]) => ticks > (before.get(name) ?? 0))
      .map(([name]) => name);
    if (busy.length === 0) return;
    before = after;
  }
  throw new Error(
    `Cannot leave the tests: ${busy.length} workers still run, expected none ` +
      `(tests/bench/released.ts)`,
  );
}
