import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import type {
  ContenderRequest,
  ContenderSetup,
} from "../../../bench/contender/contender_protocol.ts";
import { AuditLanes, AuditPool } from "../../../bench/run/audit_pool.ts";
import { examine } from "../../../bench/run/examination.ts";
import { Isolates } from "../../../bench/run/isolates.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { parseDeviceModel } from "../../../sim/time/device_model.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import "../spare_audits.ts";

const AUDIT = {
  kind: "audit",
  window: readsOf(1),
  firstIo: 0,
  restart: true,
  verifyIos: 0,
} as const;
const TRACE = { kind: "trace", window: readsOf(1) } as const;

/** An isolate that notes what it was, and what it was asked. */
function noting(name: string, log: string[]): Contender {
  let setup = setupOf({ layout: "page_offset" });
  let isAsked = false;
  return {
    get setup() {
      return setup;
    },
    get bytesPerSegment() {
      return setup.layout.length;
    },
    become: (own: ContenderSetup) => {
      setup = own;
      return Promise.resolve();
    },
    ask: async ({ kind }: ContenderRequest) => {
      assertEquals(isAsked, false, "an isolate answers one after the other");
      isAsked = true;
      log.push(`${name} ${kind} ${setup.layout}`);
      await Promise.resolve();
      isAsked = false;
      if (setup.layout === "rlist_16") throw new Error("wrong");
      return { kind };
    },
  } as unknown as Contender;
}

Deno.test("AuditPool shares two isolates between layouts, each asked whole", async () => {
  const log: string[] = [];
  const pool = new AuditPool([noting("a", log), noting("b", log)]);
  const auditors = ["page_offset", "phyr", "phys_len"].map((layout) =>
    pool.auditor(setupOf({ layout }))
  );
  await Promise.all(auditors.map(async (auditor) => {
    await auditor.ask(AUDIT);
    await auditor.ask(TRACE);
  }));
  assertEquals(log.map((line) => line.slice(2)).sort(), [
    "audit page_offset",
    "audit phyr",
    "audit phys_len",
    "trace page_offset",
    "trace phyr",
    "trace phys_len",
  ]);
  assertEquals(new Set(log.map((line) => line[0])), new Set(["a", "b"]));
  assertEquals(
    auditors.map(({ bytesPerSegment }) => bytesPerSegment),
    ["page_offset", "phyr", "phys_len"].map(({ length }) => length),
  );
});

Deno.test("AuditPool traces in isolates that do nothing else", async () => {
  const log: string[] = [];
  const pool = new AuditPool([noting("a", log), noting("b", log)]);
  const later = { ...AUDIT, firstIo: 1, restart: false };
  const layouts = ["page_offset", "phyr"];
  const found = await Promise.all(
    layouts.map((layout) =>
      examine(pool.auditor(setupOf({ layout })), {
        audits: [AUDIT, later],
        trace: TRACE,
      })
    ),
  );
  // Windows of a layout follow each other in the same isolate.
  assertEquals(log.filter((line) => line.startsWith("a")), [
    "a audit page_offset",
    "a audit page_offset",
    "a audit phyr",
    "a audit phyr",
  ]);
  assertEquals(log.filter((line) => line.startsWith("b")), [
    "b trace page_offset",
    "b trace phyr",
  ]);
  assertEquals(
    found.map(({ audits, trace }) => [audits.length, trace !== undefined]),
    [[2, true], [2, true]],
  );
});

Deno.test("AuditPool.warmUp() has isolates do what they will do, and forgives", async () => {
  const warmUp = {
    setups: ["phyr", "rlist_16", "phys_len"].map((layout) =>
      setupOf({ layout })
    ),
    ...{ window: readsOf(1), ios: 1, verifyIos: 1 },
  };
  for (const [traces, of] of [[true, "trace"], [false, "audit"]] as const) {
    const log: string[] = [];
    const pool = new AuditPool([noting("a", log), noting("b", log)], traces);
    await pool.warmUp(warmUp);
    // The second layout of them goes wrong, which an audit would say.
    assertEquals(log.filter((line) => line.startsWith("a")), [
      "a audit phyr",
      "a audit rlist_16",
      "a audit phys_len",
    ]);
    assertEquals(log.filter((line) => line.startsWith("b")), [
      `b ${of} phyr`,
      `b ${of} rlist_16`,
      `b ${of} phys_len`,
    ]);
  }
});

Deno.test("AuditPool uses every isolate where nothing is traced", async () => {
  const log: string[] = [];
  const pool = new AuditPool([noting("a", log), noting("b", log)], false);
  await Promise.all(
    ["page_offset", "phyr"].map((layout) =>
      examine(pool.auditor(setupOf({ layout })), { audits: [AUDIT] })
    ),
  );
  assertEquals(log.sort(), ["a audit page_offset", "b audit phyr"]);
});

Deno.test("a wrong audit is told before what its trace stumbles over", async () => {
  const log: string[] = [];
  const wrong = new Error("the audit");
  const failing = {
    ...noting("a", log),
    ask: () => Promise.reject(wrong),
  } as unknown as Contender;
  const pool = new AuditPool([failing, noting("b", log)]);
  const auditor = pool.auditor(setupOf({ layout: "rlist_16" }));
  await assertRejects(
    () => examine(auditor, { audits: [AUDIT], trace: TRACE }),
    Error,
    "the audit",
  );
});

Deno.test("AuditPool gives an isolate back after an error", async () => {
  const log: string[] = [];
  const pool = new AuditPool([noting("a", log)]);
  const wrong = pool.auditor(setupOf({ layout: "rlist_16" }));
  await assertRejects(() => wrong.ask(AUDIT), Error, "wrong");
  await pool.auditor(setupOf({ layout: "phyr" })).ask(AUDIT);
  assertEquals(log, ["a audit rlist_16", "a audit phyr"]);
});

Deno.test("AuditPool.whenFree() tells once, when an isolate has nothing to do", async () => {
  const log: string[] = [];
  const pool = new AuditPool([noting("a", log), noting("b", log)]);
  const auditor = pool.auditor(setupOf({ layout: "phyr" }));
  const asked = [
    auditor.ask(AUDIT),
    auditor.ask(AUDIT),
    auditor.ask(TRACE),
    auditor.ask(TRACE),
    auditor.ask(TRACE),
  ];
  pool.whenFree(() => log.push("free"));
  await Promise.all(asked);
  // Behind both audits, while something is still to be traced.
  assertEquals(log.filter((line) => line === "free"), ["free"]);
  assertEquals(
    log.slice(0, log.indexOf("free")).filter((line) =>
      line.startsWith("a audit")
    ).length,
    2,
  );
  assert(log.indexOf("free") < log.lastIndexOf("b trace phyr"));
  pool.whenFree(() => log.push("at once"));
  assertEquals(log.at(-1), "at once");
});

/** Isolates that answer whatever they are asked. */
function answering(room: { memoryBytes: number; isolates: number }): Isolates {
  const module = new URL(
    "data:text/javascript,onmessage = ({ data }) => " +
      "postMessage({ kind: data.kind, bytesPerSegment: 16 });",
  );
  return new Isolates({ module, room });
}

const WANTED = { count: 2, setup: setupOf({ layout: "phyr" }) };

Deno.test("AuditLanes.take() gives the same isolates, which become larger", async () => {
  const isolates = answering({ memoryBytes: 1000, isolates: 9 });
  const lanes = new AuditLanes();
  const started = new Set<unknown>();
  const get = isolates.get.bind(isolates);
  isolates.get = async (key) => {
    const worker = await get(key);
    started.add(worker);
    return worker;
  };
  const take = async (sizeBytes: number, layout = "phyr") => {
    const setup = setupOf({ layout });
    const { release } = await lanes.take(isolates, {
      ...{ count: 2, setup, sizeBytes },
    });
    await release(true);
  };
  try {
    await take(100);
    await take(50, "phys_len");
    await take(200);
    assertEquals([isolates.size, started.size], [2, 2]);
    // There is no room for two of them: what lived is let go.
    await assertRejects(() => take(600), RangeError, "room for one more");
    assertEquals(isolates.size, 1);
  } finally {
    await isolates.stop();
  }
});

Deno.test("AuditLanes.take() lets two cells share what is enough for both", async () => {
  const isolates = answering({ memoryBytes: 1000, isolates: 9 });
  const lanes = new AuditLanes();
  try {
    const first = await lanes.take(isolates, {
      ...{ ...WANTED, sizeBytes: 100, laterBytes: 300 },
    });
    const second = await lanes.take(isolates, { ...WANTED, sizeBytes: 300 });
    assertEquals(second.pool, first.pool);
    // A larger one comes when both have given them back, which kept them.
    let has = "";
    const third = lanes.take(isolates, { ...WANTED, sizeBytes: 400 });
    const taken = third.then(() => has = "third");
    await first.release(false);
    await Promise.resolve();
    assertEquals([has, isolates.size], ["", 2]);
    await second.release(true);
    await taken;
    assert((await third).pool !== first.pool);
    assertEquals([has, isolates.size], ["third", 2]);
  } finally {
    await isolates.stop();
  }
});

Deno.test("layouts audited in shared isolates have the figures of their own ones", async () => {
  const options = {
    // With the baseline four: enough for a warm-up.
    layouts: ["rlist_16", "scatterlist", "soa_phys_len"],
    workloads: ["randrw-70-30-4k", "64k-mixed"],
    ios: 40,
    rounds: 0,
  };
  const shared = await runLab(options);
  // What is simulated in time needs an isolate of its own for each layout.
  const own = await runLab({
    ...options,
    simulation: { model: parseDeviceModel("channels:8,det:80us") },
  });
  assertEquals([shared.failure, own.failure], [undefined, undefined]);
  const exact = own.result.cells.map((
    { simulated: _, setting: __, ...cell },
  ) => cell);
  assertEquals(
    shared.result.cells.map(({ setting: _, ...cell }) => cell),
    exact,
  );
  assertEquals(own.result.cells.every(({ simulated }) => simulated), true);
});
