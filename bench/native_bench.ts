/**
 * The DataView path beside the same path in C, each in a worker of its own:
 * hot 4 KiB and scattered 128 KiB on registered buffers, and a pool of 1 GiB.
 * One measurement is a number of I/Os that the group names.
 *
 * `deno bench` compares means of what follows one after the other: use it
 * while changing code. `deno task bench:targets` interleaves both engines,
 * gives ratios within rounds and what fio's null engine costs in the same run.
 */
import { Contender } from "./contender/contender.ts";
import type { OpenedWindow } from "./contender/contender_protocol.ts";
import { caseName, openCase, SPEED_CASES } from "./targets/speed_cases.ts";

/** I/Os of one measurement at least, so that the message is noise. */
const IOS = 1 << 15;

for (const speedCase of SPEED_CASES) {
  const { window, windowIos, setup } = await openCase(speedCase);
  const name = caseName(speedCase);
  const passes = Math.max(1, Math.round(IOS / windowIos));
  for (const engine of ["native", "js"] as const) {
    let contender: Contender | undefined;
    let opened: OpenedWindow | undefined;
    Deno.bench({
      name: `${name} ${engine}`,
      group: `${name}, ${passes * windowIos} I/Os`,
      baseline: engine === "native",
      n: 20,
      warmup: 20,
      fn: async (bench) => {
        contender ??= await Contender.start({
          ...setup,
          engine: engine === "native" ? { name: engine } : undefined,
        });
        opened ??= (await contender.ask({ kind: "open", window })).window;
        bench.start();
        await contender.ask({
          kind: "time",
          window: opened,
          first: 0,
          ios: passes * windowIos,
          leadIn: 0,
        });
        bench.end();
      },
    });
  }
}
