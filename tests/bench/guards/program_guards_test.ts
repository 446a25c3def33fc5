/**
 * The guards of the study, the soak, the groups and the export of traces, each
 * made to fire by a fault in what they run.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import type { OutputFile } from "../../../bench/shell/output_file.ts";
import { exportBlktrace } from "../../../bench/export/export_blktrace.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import { runSoakJob } from "../../../bench/soak/soak_job.ts";
import {
  SOAK_PROFILES,
  type SoakProfile,
} from "../../../bench/soak/soak_plan.ts";
import { exactCell } from "../../../bench/study/exact_cell.ts";
import { exactPart } from "../../../bench/study/exact_part.ts";
import { WorkerGroup } from "../../../bench/workers/group.ts";
import { groupFigures } from "../../../bench/workers/group_figures.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";
import { StreamDigest } from "../../../sim/nvme/digest.ts";
import { WrongIoError } from "../../../sim/replay/replay.ts";
import { BlktraceWriter } from "../../../sim/workload/write_blktrace.ts";
import type { WindowHandle } from "../../../bench/contender/contender_protocol.ts";
import { createWindow } from "../../../sim/workload/window.ts";
import { readsOf, setupOf } from "../contender_rig.ts";
import { inFolder } from "../lab_in_process.ts";
import { smallMap } from "../../sim/small_map.ts";
import { patched } from "./patched.ts";

const TASK = {
  abi: findAbi("ilp32"),
  recognition: "page",
  workload: "128k-scattered",
  submitter: "user",
} as const;

Deno.test("exactCell() finds layouts whose commands differ", async () => {
  let words = 0;
  // 256 I/Os of four words and 32 pages of two: the second layout's first one.
  const atSecond = 256 * (4 + 32 * 2);
  await patched(
    StreamDigest.prototype,
    "add",
    (real) =>
      function (this: StreamDigest, word) {
        return real.call(this, words++ === atSecond ? word ^ 1 : word);
      },
    () =>
      assertRejects(
        () => exactCell(TASK, 1),
        WrongAnswerError,
        'Cannot count "phys_flags" on 128k-scattered: its commands differ ' +
          'from those of "page_offset", expected equal ones',
      ),
  );
});

Deno.test("exactPart() passes on what a cell's worker found wrong", async () => {
  // A machine that lacks something is a gap; a workload that is none is not.
  await assertRejects(
    () => exactPart([{ ...TASK, workload: "no-such-workload" }], { seed: 1 }),
    WrongAnswerError,
    '"no-such-workload"',
  );
});

Deno.test("exportBlktrace() finds an event too many", async () => {
  let parts = 0;
  const file = { write: () => parts++ } as unknown as OutputFile;
  let finished = 0;
  await patched(
    BlktraceWriter.prototype,
    "finish",
    (real) =>
      function (this: BlktraceWriter) {
        // A request that is made, and neither issued nor completed.
        if (finished++ === 0) this.event("G", NO_EVENT);
        real.call(this);
      },
    () =>
      assertRejects(
        () => exportBlktrace(file, { workload: "seq128k", run: RUN }),
        WrongAnswerError,
        "Cannot trust the trace: 512 Q + 0 X, 513 G + 0 M + 0 F, 0 merges of " +
          "requests, 512 D, 512 C, expected Q + X = G + M + F and G less " +
          "those merges = D = C",
      ),
  );
  assertEquals(parts > 0, true);
});

const RUN = completeOptions({});
const NO_EVENT = { sectorLo: 0, sectorHi: 0, sizeBytes: 0, opf: 0, extra: 0 };

/** A profile that a soak has beside its own for as long as it runs. */
async function withProfile(
  profile: Partial<SoakProfile>,
  work: () => Promise<unknown>,
): Promise<void> {
  const profiles = SOAK_PROFILES as SoakProfile[];
  const own = profiles.splice(0, profiles.length, {
    name: "wrong",
    share: 1,
    isPremapped: true,
    workloads: ["randread-4k"],
    placement: {},
    plan: () => planOf([]),
    ...profile,
  });
  try {
    await work();
  } finally {
    profiles.splice(0, profiles.length, ...own);
  }
}

function planOf(faults: readonly unknown[]) {
  return readFaultPlan(JSON.stringify({ schemaVersion: 1, faults }), "p.json");
}

const JOB = {
  layout: "page_offset",
  recognition: "page",
  ios: 200,
  seed: 1,
} as const;

Deno.test("runSoakJob() finds I/Os that end as nothing in a plan makes them end", async () => {
  // EOPNOTSUPP, which none of the profiles leads to.
  const status = { status: "invalid_opcode", retry: false };
  await withProfile(
    { plan: () => planOf([{ kind: "status", every: 50, ...status }]) },
    () =>
      assertRejects(
        () => runSoakJob(JOB, () => {}),
        WrongIoError,
        'Cannot trust profile "wrong": an I/O ended with EOPNOTSUPP, expected ' +
          "one of: OK, EIO, ENODATA, ETIMEDOUT, EFAULT, EREMOTEIO",
      ),
  );
});

Deno.test("runSoakJob() finds I/Os that were lost", async () => {
  await inFolder(async (folder) => {
    // A flush is an I/O of the workload, and none that the replay ends.
    const path = `${folder}/flush.iolog`;
    await Deno.writeTextFile(
      path,
      "fio version 3 iolog\n1 f add\n2 f open\n3 f read 0 4096\n4 f sync 0 0\n",
    );
    await withProfile({ workloads: [path] }, () =>
      assertRejects(
        () => runSoakJob({ ...JOB, ios: 2 }, () => {}),
        WrongIoError,
        'Cannot trust profile "wrong": 1 I/Os ended, expected 2',
      ));
  });
});

const SETUP = setupOf({ map: smallMap(true) });

/** 8 reads of 128 KiB in scattered pages. */
function reads(): WindowHandle {
  const [ios, pages] = [8, 32];
  const window = createWindow({ ios, pieces: ios * pages });
  for (let piece = 0; piece < ios * pages; piece++) {
    window.physLo[piece] = piece * 8192;
    window.physHi[piece] = 1;
    window.pieceBytes[piece] = 4096;
  }
  for (let io = 0; io < ios; io++) {
    window.sectorLo[io] = io * 1000;
    window.lengthBytes[io] = pages * 4096;
    window.firstPiece[io + 1] = (io + 1) * pages;
  }
  window.counts.set([ios, ios * pages]);
  return { buffer: window.buffer, capacity: window.capacity };
}

Deno.test("groupFigures() finds a group that builds other commands than one worker", async () => {
  let copies = 0;
  // Each worker gets a copy; the first is of the one that works alone.
  const setup = {
    ...SETUP,
    get limits() {
      const { limits } = SETUP;
      return copies++ === 0 ? limits : { ...limits, maxSectors: 8 };
    },
  };
  const message = await assertRejects(
    () =>
      groupFigures({
        setups: new Map([["phys_packed", setup]]),
        baseline: "phys_packed",
        window: reads(),
        workers: 2,
        devices: 0,
        poll: false,
        builds: 1,
        rounds: 0,
        budgetNs: 0,
        seed: 1,
        clock: () => 0,
      }),
    WrongAnswerError,
  ).then((error) => error.message.replaceAll(/\b[0-9a-f]{16,}/g, "X"));
  assertEquals(
    message,
    'Cannot trust layout "phys_packed" with workers 2 and devices 0: its set ' +
      "of commands is X, expected X as one worker builds it",
  );
});

Deno.test("a worker of a group finds I/Os that end with an error", async () => {
  const group = await WorkerGroup.start({
    ...SETUP,
    // 4 KiB are no whole blocks of 8.
    limits: {
      ...SETUP.limits,
      logicalBlockBytes: 8192,
      physicalBlockBytes: 8192,
    },
  }, { workers: 1, devices: 0, poll: false, decode: true });
  try {
    await group.open(readsOf(8));
    const error = await assertRejects(() => group.replay(), WrongAnswerError);
    assertEquals(
      error.message.split(": ").slice(-2).join(": "),
      "Cannot trust the workers: 0 I/Os ended well, expected 8",
    );
  } finally {
    group.stop();
  }
});
