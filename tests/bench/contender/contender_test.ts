import { assert, assertEquals, assertRejects } from "@std/assert";
import { Contender } from "../../../bench/contender/contender.ts";
import { ContenderError } from "../../../bench/contender/asked_worker.ts";
import type { ContenderRequest } from "../../../bench/contender/contender_protocol.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import { hangOf } from "../hang.ts";
import { RELEASED } from "../released.ts";
import { withHandTimers } from "../hand_timers.ts";

const SETUP = setupOf();

function moduleOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

Deno.test("Contender audits, traces and times a window", async () => {
  const contender = await Contender.start(SETUP);
  try {
    assertEquals(contender.bytesPerSegment, 12);
    const window = readsOf(10);
    const audit = await contender.ask({
      kind: "audit",
      window,
      firstIo: 0,
      restart: true,
      verifyIos: 10,
    });
    assertEquals(audit.counts.ios, 10);
    assertEquals(audit.prpEntries, 10);
    assertEquals(audit.verifiedBytes, 10 * 4096);
    const trace = await contender.ask({ kind: "trace", window });
    assertEquals(trace.single.ios, 10);
    assertEquals(trace.single.structures["bio_vec"]?.bytes, 10 * 12);
    assertEquals(trace.modelled, undefined);
    const { window: opened } = await contender.ask({ kind: "open", window });
    assertEquals(opened.ios, 10);
    const time = await contender.ask({
      kind: "time",
      window: opened,
      first: 7,
      ios: 30,
      parts: 4,
      isProbed: true,
    });
    assertEquals(time.ios, 30);
    assertEquals(time.probesNs?.length, 5);
    assertEquals(time.parts.map(({ ios }) => ios), [7, 8, 7, 8]);
    assert(time.cpuNs >= 0); // a coarse clock may not have moved
  } finally {
    contender.stop();
  }
});

Deno.test("Contender.start() passes on why a layout cannot serve", async () => {
  await assertRejects(
    () =>
      Contender.start({
        ...SETUP,
        layout: "page_offset",
        recognition: "segment",
      }),
    ContenderError,
    "no flag in the segment",
  );
});

Deno.test("Contender says which layout's worker ended with an error", async () => {
  await assertRejects(
    () =>
      Contender.start(SETUP, {
        module: moduleOf(`onmessage = () => { throw new Error("boom"); };`),
      }),
    ContenderError,
    'Cannot set up layout "phys_packed" (P2P detection page, worker "worker"): ' +
      "its worker ended: ",
  );
});

/** Sets up, then does as it is told with every other request. */
function misbehaving(code: string): URL {
  return moduleOf(`
    let progress;
    onmessage = ({ data }) => {
      if (data.kind === "setup") {
        progress = new Int32Array(data.progress);
        postMessage({ kind: "setup", bytesPerSegment: 12 });
      } else { ${code} }
    };`);
}

const AUDIT = {
  kind: "audit",
  window: readsOf(10),
  firstIo: 100,
  restart: true,
  verifyIos: 10,
} as const;

for (
  const [how, code] of [
    [
      "loops",
      `progress[0] = 107 + 1; while (Atomics.load(progress, 0) !== ${RELEASED});`,
    ],
    ["closes itself", "progress[0] = 107 + 1; self.close();"],
    [
      "waits for ever",
      "progress[0] = 107 + 1; Atomics.wait(progress, 0, 107 + 1);",
    ],
    ["ends its process", "progress[0] = 107 + 1; Deno.exit(3);"],
    ["says nothing", "progress[0] = 107 + 1;"],
  ] as const
) {
  Deno.test(`Contender names worker, layout and I/O of one that ${how}`, async () => {
    const { error, again } = await hangOf(SETUP, {
      options: { module: misbehaving(code), role: "audit", timeoutMs: 1000 },
      request: AUDIT,
      progress: [107 + 1],
    });
    assertEquals(
      error.message,
      'Cannot audit layout "phys_packed" (P2P detection page, worker "audit"): ' +
        "its worker gave no answer for 1 s, expected one (--watchdog); " +
        "it was at I/O 107",
    );
    // It is known to be lost: nothing waits for it a second time.
    assertEquals(again, error);
  });
}

Deno.test("Contender says where a timing or a tracing worker hung", async () => {
  const window = readsOf(10);
  const tell = async (request: ContenderRequest) => {
    const { error: { message } } = await hangOf(SETUP, {
      options: { module: misbehaving(""), timeoutMs: 1000 },
      request,
      progress: [0],
    });
    return message.split("; ").at(-1);
  };
  assertEquals(
    await tell({
      kind: "time",
      window: { id: 1, ios: 10 },
      first: 0,
      ios: 70,
    }),
    "it was timing 70 I/Os, of a window of 10",
  );
  assertEquals(
    await tell({
      kind: "join",
      setup: SETUP,
      window,
      scatterSeed: 1,
      restart: true,
    }),
    "it was making the path of phys_packed in C",
  );
  assertEquals(
    await tell({ kind: "slices", slices: [{ path: 0, first: 0, ios: 5 }] }),
    "it was timing 1 slice in C",
  );
  assertEquals(
    await tell({ kind: "trace", window }),
    "it was in the first window of 10 I/Os",
  );
  assertEquals(
    await tell({ ...AUDIT, window }),
    "it had begun none of the I/Os from 100 on",
  );
});

Deno.test("Contender takes no notice of an answer nobody waits for", async () => {
  await withHandTimers(async ({ until, answers }) => {
    const contender = await Contender.start(SETUP, {
      module: misbehaving(
        `const { ios } = data;
         const answer = { kind: "time", cpuNs: 1, ios, sink: 0 };
         postMessage(answer); postMessage(answer);`,
      ),
    });
    const window = { id: 1, ios: 10 };
    try {
      for (const passes of [1, 2]) {
        const { ios } = await contender.ask({
          kind: "time",
          window,
          first: 0,
          ios: passes,
        });
        assertEquals(ios, passes);
        // The set-up's one, and two each: the second of two equal answers has
        // come before anything else is asked.
        await until(() => answers() === 1 + 2 * passes);
      }
    } finally {
      contender.stop();
    }
  });
});

Deno.test("Contender.ask() refuses a second question before the first answer", async () => {
  const contender = await Contender.start(SETUP, {
    module: misbehaving(""),
    role: "timed 0",
  });
  const first = contender.ask(AUDIT);
  await assertRejects(
    () => contender.ask(AUDIT),
    ContenderError,
    'worker "timed 0"): it has not answered audit yet',
  );
  contender.stop();
  await assertRejects(() => first, ContenderError, "its worker was stopped");
});

Deno.test("Contender that is aborted rejects with the reason at once", async () => {
  const abort = new AbortController();
  const contender = await Contender.start(SETUP, {
    module: misbehaving(
      "for (const start = Date.now(); Date.now() < start + 500;);",
    ),
    signal: abort.signal,
  });
  const asked = contender.ask(AUDIT);
  abort.abort(new Error("Interrupted"));
  await assertRejects(() => asked, Error, "Interrupted");
  await assertRejects(() => contender.ask(AUDIT), Error, "Interrupted");
  await assertRejects(
    () => Contender.start(SETUP, { signal: abort.signal }),
    Error,
    "Interrupted",
  );
});

Deno.test("Contender gives up on a worker that never sets up", async () => {
  // It is silent for ever, so that any time is long enough.
  await assertRejects(
    () =>
      Contender.start(SETUP, {
        module: moduleOf(`onmessage = () => {};`),
        startTimeoutMs: 50,
      }),
    ContenderError,
    "its worker gave no answer for 0.05 s, expected one (--watchdog)",
  );
});
