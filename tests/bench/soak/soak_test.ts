import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { soakMain } from "../../../bench/soak/command.ts";
import { runSoak } from "../../../bench/soak/run_soak.ts";
import { runSoakJob } from "../../../bench/soak/soak_job.ts";
import {
  holdsOffsets,
  SOAK_PROFILES,
  soakJobs,
} from "../../../bench/soak/soak_plan.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import { FAULT_KINDS } from "../../../sim/fault/plan.ts";
import { captured } from "../captured.ts";
import {
  recognitions,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";

const MIB = 1 << 20;

/** Runs the command with a memory that is told. */
function soak(args: string[], resident = (_call: number) => 100 * MIB) {
  let calls = 0;
  const residentBytes = () => resident(calls++);
  return captured((context) => soakMain(args, { ...context, residentBytes }));
}

Deno.test("soakJobs() gives every layout every recognition that it serves", () => {
  const jobs = soakJobs(10_000_000, { seed: 1 });
  const abi = findAbi("lp64");
  assertEquals(
    [...new Set(jobs.map(({ layout }) => layout))].sort(),
    layouts.filter((layout) => !isUnsupported(layout.struct(abi)))
      .map(({ name }) => name).sort(),
  );
  assert(jobs.reduce((sum, { ios }) => sum + ios, 0) >= 10_000_000);
  assertEquals(new Set(jobs.map(({ ios }) => ios)).size, 1);
  const own = jobs.filter(({ layout }) => layout === "phys_flags");
  assertEquals(
    own.map(({ recognition }) => recognition),
    // No field of it has room for a DMA address.
    recognitions.filter((recognition) =>
      servesRecognition(findLayout("phys_flags"), { abi, recognition }) === true
    ),
  );
});

Deno.test("the profiles of a soak inject every kind of fault", () => {
  const kinds = SOAK_PROFILES.flatMap(({ plan }) =>
    plan(1, 4096).rules.map(({ kind }) => kind)
  );
  assertEquals([...new Set(kinds)].sort(), [...FAULT_KINDS].sort());
  const shares = SOAK_PROFILES.reduce((sum, { share }) => sum + share, 0);
  assertEquals(shares.toFixed(6), "1.000000");
});

Deno.test("runSoakJob() gives a layout of whole pages no others", async () => {
  assertEquals(
    layouts.map(({ name }) => name).filter((name) =>
      name !== "len24_p2p" && !holdsOffsets(name)
    ),
    ["rlist_8"],
  );
  // Unaligned I/Os are the second window of 4096.
  const [part] = await runSoakJob(
    { layout: "rlist_8", recognition: "page", ios: 5400, seed: 1 },
    () => {},
  );
  assertEquals([part?.profile, part?.ios], ["every kind, whole pages", 4320]);
});

Deno.test("runSoakJob() hides no I/O that changes kind inside a block", async () => {
  // The second window of 4096 I/Os is unaligned, a tenth of it mixed. Nothing
  // in the plan of "every kind" refuses memory.
  const refused = await Promise.all(
    (["page", "segment"] as const).map(async (recognition) => {
      const [part] = await runSoakJob(
        { layout: "phys_flags", recognition, ios: 6400, seed: 1 },
        () => {},
      );
      return part?.statuses["EFAULT"] ?? 0;
    }),
  );
  assert((refused[0] ?? 0) > 0);
  assertEquals(refused[1], 0);
});

Deno.test("runSoakJob() ends all I/Os, with nothing in use and faults hit", async () => {
  let told = 0;
  const parts = await runSoakJob(
    { layout: "len31_p2p", recognition: "segment", ios: 3000, seed: 1 },
    (ios) => told += ios,
  );
  assertEquals(told, 3000);
  // 80 %, 15 % and 5 %.
  assertEquals(parts.map(({ ios }) => ios), [2400, 450, 150]);
  for (const { balance } of parts) {
    assert(Object.values(balance).every((count) => count === 0));
    assert("tags" in balance && "page references" in balance);
  }
  assert((parts[0]?.faults["status"] ?? 0) > 0);
  assert((parts[1]?.faults["bounce"] ?? 0) > 0);
  assertEquals(parts[2]?.faults["unplug"], 1);
  assert((parts[2]?.statuses["EFAULT"] ?? 0) > 0);
});

Deno.test("a short soak of two layouts ends with the balance at zero", async () => {
  const { status, out, err } = await soak([
    ...["--ios", "2000", "--layout", "page_offset,phys_packed"],
  ]);
  assertEquals([status, err], [0, ""]);
  // Page, bio and range for both: six jobs of a sixth, rounded up.
  const jobs = soakJobs(2000, {
    seed: 1,
    layouts: ["page_offset", "phys_packed"],
  });
  const ios = jobs.reduce((sum, job) => sum + job.ios, 0);
  assertStringIncludes(out, `${ios} I/Os in ${jobs.length} isolates, `);
  const balance = /in use at the end: (.*)/.exec(out)?.[1] ?? "";
  assert(balance.includes("tags 0, "), balance);
  assert(balance.split(", ").every((part) => part.endsWith(" 0")), balance);
  assertStringIncludes(out, "memory: at most 100 MiB; it grew by 0 MiB");
  // Kinds that no I/O was hit by are named, and no others.
  const hits = /hit by faults: (.*)/.exec(out)?.[1]?.split(", ") ?? [];
  const hit = hits.filter((part) => !part.endsWith(" 0"))
    .map((part) => part.split(" ")[0]);
  const missed = /by a fault of kind (.*): these were not tried/.exec(out)?.[1];
  assertEquals(
    (missed ?? "").split(", "),
    FAULT_KINDS.filter((kind) => !hit.includes(kind)),
  );
  assert(hit.length > 3, hits.join(", "));
});

Deno.test("runSoakJob() ends a short job with I/Os of every size", async () => {
  const [part] = await runSoakJob(
    { layout: "page_offset", recognition: "page", ios: 8000, seed: 1 },
    () => {},
  );
  // Only the last workload has I/Os that need a list which can fail.
  assert((part?.faults["descriptor"] ?? 0) > 0);
});

Deno.test("soak says that memory grew, and ends with 1", async () => {
  // The first look is before the first I/O.
  const { status, err } = await soak(
    // One P2P detection serves it: one isolate.
    ["--ios", "30", "--layout", "dma_vec", "--workers", "1"],
    (call) => call === 0 ? 100 * MIB : 700 * MIB,
  );
  assertEquals(status, 1);
  assertEquals(err, "soak: memory grew by 600 MiB, expected at most 512 MiB\n");
});

Deno.test("soak refuses a layout that it does not know", async () => {
  const { status, err } = await soak(["--layout", "bio_vec"]);
  assertEquals(status, 2);
  assertStringIncludes(err, 'soak: Cannot find layout "bio_vec"');
});

// A worker on a busy machine may start late: only the one that never speaks
// is waited for briefly.
function soakWith(code: string, timeoutMs: number) {
  return runSoak({
    ios: 3,
    seed: 1,
    layouts: ["page_offset"],
    workers: 1,
    timeoutMs,
    module: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
  });
}

Deno.test("runSoak() names the layout of what went wrong", async () => {
  for (
    const [code, wanted, timeoutMs = 60_000] of [
      ["onmessage = () => {};", "said nothing for 0.2 s after 0 I/Os", 200],
      ["onmessage = () => { throw new Error('x'); };", "the worker ended: "],
      [
        "onmessage = () => postMessage({kind: 'failure', message: 'bad\\x1b'});",
        'layout "page_offset" (P2P detection page): bad\\x1b',
      ],
      [
        `let n = 0; onmessage = () => postMessage({ kind: "done", parts: [{
          profile: "p", ios: 1, verifiedBytes: 1, statuses: { OK: 1 },
          faults: {}, balance: { tags: 2 }, digest: "a" }] });`,
        "of tags are still in use",
      ],
    ] as const
  ) {
    const { problems } = await soakWith(code, timeoutMs);
    assert(problems.some((line) => line.includes(wanted)), problems.join("\n"));
  }
});

Deno.test("runSoak() finds layouts whose statuses or commands differ", async () => {
  const { problems } = await runSoak({
    ios: 2,
    seed: 1,
    layouts: ["page_offset", "phys_packed"],
    workers: 1,
    timeoutMs: 60_000,
    module: new URL(
      `data:text/javascript,${
        encodeURIComponent(
          `onmessage = ({ data }) => postMessage({ kind: "done", parts: [{
            profile: "p", ios: 1, verifiedBytes: 1, statuses: { OK: 1 },
            faults: {}, balance: {}, digest: data.layout }] });`,
        )
      }`,
    ),
  });
  assertStringIncludes(
    problems[0] ?? "",
    'layout "phys_packed" (P2P detection page), p: statuses or commands differ ' +
      "from those of page_offset",
  );
});
