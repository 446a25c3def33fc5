import { assert, assertEquals, assertRejects } from "@std/assert";
import { Contender } from "../../../bench/contender/contender.ts";
import { ContenderError } from "../../../bench/contender/asked_worker.ts";
import type { ContenderSetup } from "../../../bench/contender/contender_protocol.ts";
import { WorkerGroup } from "../../../bench/workers/group.ts";
import type { OpenCounts } from "../../../sim/path/open_counts.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import "../spare_audits.ts";

/** 10 reads of a page each, in pages of their own. */
const WINDOW = readsOf(10);

/** What is done once a window, by what a path is made of. */
const CASES: readonly {
  readonly name: string;
  readonly setup: Partial<ContenderSetup>;
  readonly opened: OpenCounts;
  readonly isInC: boolean;
}[] = [
  {
    name: "pinned user memory",
    setup: {},
    opened: { windows: 1, registered: 0, mapped: 0 },
    isInC: true,
  },
  {
    name: "registered buffers",
    setup: { submitter: "registered" },
    opened: { windows: 1, registered: 10, mapped: 0 },
    isInC: true,
  },
  {
    name: "the page cache",
    setup: { submitter: "pagecache" },
    opened: { windows: 1, registered: 10, mapped: 0 },
    isInC: false,
  },
  {
    name: "memory mapped ahead",
    setup: { layout: "dma_vec", recognition: "map_first" },
    opened: { windows: 1, registered: 0, mapped: 10 },
    isInC: true,
  },
  {
    name: "no path",
    setup: { empty: "null_path" },
    opened: { windows: 1, registered: 0, mapped: 0 },
    isInC: false,
  },
];

function twice(counts: OpenCounts): OpenCounts {
  return {
    windows: 2 * counts.windows,
    registered: 2 * counts.registered,
    mapped: 2 * counts.mapped,
  };
}

for (const { name, setup, opened, isInC } of CASES) {
  for (const engine of isInC ? ["js", "native"] as const : ["js"] as const) {
    Deno.test(`no timed replay opens, registers or maps (${name}, ${engine})`, async () => {
      const contender = await Contender.start(setupOf({
        ...setup,
        ...(engine === "native" ? { engine: { name: engine } } : {}),
      }));
      try {
        const open = async () =>
          (await contender.ask({ kind: "open", window: WINDOW })).window;
        const first = await open();
        assertEquals([first.id, first.ios, first.opened], [1, 10, opened]);
        for (
          const slice of [
            { first: 0, ios: 10 },
            { first: 0, ios: 70 },
            { first: 3, ios: 3, parts: 2 },
            { first: 25, ios: 10, leadIn: 0 },
          ]
        ) {
          const time = await contender.ask({
            kind: "time",
            window: first,
            ...slice,
          });
          assertEquals(time.opened, opened);
        }
        // The same memory in a new message is another window; the first one's
        // tables are gone, and its number opens nothing.
        const second = await open();
        assertEquals([second.id, second.opened], [2, twice(opened)]);
        await assertRejects(
          () =>
            contender.ask({ kind: "time", window: first, first: 0, ios: 10 }),
          ContenderError,
          "Cannot time window 1: window 2 is open, expected that one",
        );
        const { opened: after } = await contender.ask({
          kind: "time",
          window: second,
          first: 0,
          ios: 20,
        });
        assertEquals(after, twice(opened));
      } finally {
        contender.stop();
      }
    });
  }
}

Deno.test("a contender times no window before it has opened one", async () => {
  const contender = await Contender.start(setupOf());
  try {
    await assertRejects(
      () =>
        contender.ask({
          kind: "time",
          window: { id: 1, ios: 10 },
          first: 0,
          ios: 10,
        }),
      ContenderError,
      "Cannot time window 1: window none is open, expected that one",
    );
  } finally {
    contender.stop();
  }
});

Deno.test("a group times no window before it has opened one", async () => {
  // Polling: a device that were left alone now would never sleep again.
  const group = await WorkerGroup.start(setupOf(), {
    workers: 2,
    devices: 1,
    poll: true,
  });
  try {
    await assertRejects(
      () => group.time(1),
      ContenderError,
      "Cannot use window 0: window none is open, expected that one",
    );
  } finally {
    group.stop();
  }
});

for (const { name, setup, opened } of CASES) {
  if (setup.empty !== undefined) continue;
  Deno.test(`no timed replay of a group opens, registers or maps (${name})`, async () => {
    const group = await WorkerGroup.start(setupOf(setup), {
      ...{ workers: 2, devices: 1, poll: false, isSpare: true },
    });
    try {
      // Each has memory of its own, and so the whole window.
      await group.open(WINDOW);
      for (const passes of [1, 3]) {
        const time = await group.time(passes);
        assertEquals(time.opened, [opened, opened]);
        // And those that keep company to the one that is not done yet.
        assert(time.ios >= 10 * passes, `${time.ios}`);
      }
      await group.open(WINDOW);
      assertEquals((await group.time(1)).opened, [
        twice(opened),
        twice(opened),
      ]);
    } finally {
      group.stop();
    }
  });
}
