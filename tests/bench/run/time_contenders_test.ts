import { assertEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender.ts";
import type { ContenderSetup } from "../../../bench/contender_protocol.ts";
import type { RunCellOptions } from "../../../bench/run/cell_options.ts";
import type { IsolateKey, Isolates } from "../../../bench/run/isolates.ts";
import { timeContenders } from "../../../bench/run/time_contenders.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

/** Roles of all isolates that are asked for, with the birth of their code. */
async function isolatesOf(engine?: ContenderSetup["engine"]) {
  const made = new Map<string, number | undefined>();
  const isolates: Pick<Isolates, "get" | "release"> = {
    release: () => Promise.resolve(),
    get: ({ setup, role }: IsolateKey) => {
      made.set(`${setup.empty ?? setup.layout} ${role}`, setup.engine?.birth);
      return Promise.resolve({
        ask: ({ passes }: { passes: number }) =>
          Promise.resolve({ elapsedNs: passes * 1e7, ios: passes * 1e5 }),
      } as unknown as Contender);
    },
  };
  const setup = (layout: string) =>
    setupOf({ layout, ...(engine === undefined ? {} : { engine }) });
  await timeContenders({
    setups: new Map(
      ["page_offset", "phyr"].map((layout) => [layout, setup(layout)]),
    ),
    audited: {
      unfit: [],
      contenders: new Map(),
      window: readsOf(1),
      windowIos: 1e5,
    },
    options: {
      run: { births: 3, rounds: 1, seed: 1, depth: 32 },
      cell: { poolBytes: 64 << 20 },
      isolates,
      budgetNs: 1e12,
      clock: () => 0,
    } as unknown as RunCellOptions,
  });
  return made;
}

Deno.test("timeContenders() moves the code of each birth, and the control's elsewhere", async () => {
  const made = await isolatesOf({ name: "native" });
  const births = (of: string) =>
    [0, 1, 2].map((birth) => made.get(`${of} ${birth}`));
  assertEquals(births("page_offset timed"), [0, 1, 2]);
  assertEquals(births("phyr timed"), [0, 1, 2]);
  assertEquals(births("page_offset control"), [3, 4, 5]);
});

Deno.test("timeContenders() has the baseline twice, and what runs no path", async () => {
  const roles = [...(await isolatesOf()).keys()].map((role) =>
    role.replace(/ \d$/, "")
  );
  assertEquals([...new Set(roles)].sort(), [
    "noop timed",
    "null_path timed",
    "page_offset control",
    "page_offset timed",
    "phyr timed",
  ]);
});
