import { assertEquals, assertStringIncludes } from "@std/assert";
import { Command } from "commander";
import type { MachineSetup } from "../../../sim/setup/machine_setup.ts";
import { parseDeviceModel } from "../../../sim/time/device_model.ts";
import { headerWords, valueAt } from "../../../sim/text/field.ts";
import { machineSchema } from "../../../sim/setup/machine_fields.ts";
import {
  addFields,
  type GivenSetup,
  readSetup,
  RUN_FIELDS,
} from "../../../bench/setup/options.ts";
import { setupWords } from "../../../bench/setup/words.ts";
import type { LabRunOptions } from "../../../bench/setup/run_fields.ts";

/** All but the structures of a kernel, which are in a file. */
const WHOLE: Required<Omit<MachineSetup, "ownKernel">> = {
  sgl: true,
  sglThresholdBytes: 4096,
  iommu: true,
  dmaMaskBits: 48,
  forceBounce: true,
  bouncePoolBytes: 1 << 20,
  integrity: "t10",
  metadataSgl: true,
  vmemmap: false,
  initOnAlloc: false,
  ranges: "maple",
  p2pProducer: "ranges",
  structPageBytes: 36,
  memoryStart: 0x4000_0000,
  settings: {
    scheduler: "mq-deadline",
    tags: 64,
    driverTags: 4,
    nomerges: 1,
    frontMerges: 0,
    fifoBatch: 8,
    writesStarved: 3,
    asyncDepth: 16,
  },
  topology: { name: "one_switch" },
  client: "nvme0",
};

/** Values of a run that its own words give again, each other than usual. */
const RUN: Partial<LabRunOptions> = {
  layouts: ["phyr", "rlist_8"],
  baseline: "phyr",
  abis: ["lp64", "ilp32"],
  recognitions: ["range", "bio"],
  kernel: "6.12",
  workloads: ["a,b.iolog", "mixedbs"],
  events: "D",
  format: "blkparse",
  ios: 100,
  placement: "runs",
  depth: 8,
  batch: 4,
  submitter: "registered",
  api: "aio",
  workers: 3,
  devices: 2,
  hwQueues: 2,
  poll: true,
  completeOn: "other",
  engine: "both",
  cc: "clang-19",
  counts: "valgrind",
  rounds: 2,
  timedWorkloads: ["mixedbs"],
  births: 5,
  widthPercent: 1.5,
  budgetSeconds: 0.5,
  cpu: "none",
  simulation: {
    model: parseDeviceModel("fixed:10us"),
    arrivals: { kind: "even", perSecond: 1000 },
  },
  seed: 7,
};

async function parsed(words: readonly string[]): Promise<GivenSetup> {
  const command = addFields(new Command("x"), { except: [] });
  command.exitOverride().action(() => {});
  await command.parseAsync(words, { from: "user" });
  return await readSetup(command, { except: [] });
}

Deno.test("setupWords() is the inverse of readSetup(), field by field", async () => {
  assertEquals(await parsed([]), {});
  // What goes without saying is in no setup.
  assertEquals(await parsed(["--scheduler", "none", "--engine", "js"]), {});
  assertEquals(setupWords({ machine: { sgl: false, iommu: false } }).words, []);
  const whole: GivenSetup = { ...RUN, machine: WHOLE };
  const { words, notes } = setupWords(whole);
  assertEquals(notes, []);
  assertEquals(await parsed(words), whole);
  assertStringIncludes(words.join(" "), "--bounce-pool 1MiB");
  assertStringIncludes(words.join(" "), "--memory-start 0x40000000");
  // Each one alone: no word may depend on another.
  for (const [key, value] of Object.entries(RUN)) {
    const one = { [key]: value };
    assertEquals(await parsed(setupWords(one).words), one, key);
  }
  for (const [key, value] of Object.entries(WHOLE)) {
    const machine = { machine: { [key]: value } };
    assertEquals(
      await parsed(setupWords(machine).words),
      machine as unknown as GivenSetup,
      key,
    );
  }
});

Deno.test("a field that has an option is in these tests", () => {
  const tried = { ...RUN, machine: WHOLE };
  // Limits have a device's words, and a file is no name.
  const apart = ["limits", "memoryBytes", "simulation.plan"];
  const lacking = RUN_FIELDS.filter(({ path, note }) =>
    (note.flag ?? note.entry) !== undefined &&
    valueAt(tried, path) === undefined
  ).map(({ path }) => path.join("."));
  assertEquals(
    lacking.filter((path) =>
      !apart.some((other) => `${path}.`.startsWith(`${other}.`))
    ),
    [],
  );
});

Deno.test("setupWords() and headerWords() name a kernel of one's own, which is in a file", () => {
  const ownKernel = { name: "mine\u001b.txt", abi: "lp64", structs: ["bio 8"] };
  const machine: MachineSetup = { sgl: false, iommu: false, ownKernel };
  assertEquals(setupWords({ machine }), {
    words: [],
    notes: [
      'Give the kernel "mine\\x1b.txt" with --btf or --pahole, too.',
    ],
  });
  assertEquals(headerWords(machineSchema, machine), [
    "PRP only",
    "structures of mine\u001b.txt",
  ]);
});

Deno.test("setupWords() leaves out what no run can have", () => {
  const { words } = setupWords({
    ...{ depth: -1, abis: "lp64", kernel: 7, cc: "/opt/evil/cc" },
    machine: { sgl: "yes", dmaMaskBits: 8, settings: { tags: 1e9 } },
  });
  assertEquals(words, []);
});

Deno.test("headerWords() says what is not as usual", () => {
  assertEquals(headerWords(machineSchema, { sgl: false, iommu: false }), [
    "PRP only",
  ]);
  assertEquals(headerWords(machineSchema, WHOLE), [
    "PRP or SGL (threshold 4 KiB)",
    "IOMMU",
    "DMA mask of 48 bits",
    "all bounced",
    "bounce pool of 1 MiB",
    "T10 PI guards",
    "SGLs for metadata",
    "no vmemmap",
    "struct page of 36 bytes",
    "no init_on_alloc",
    "ranges in a maple tree",
    "P2P memory in ranges",
    "memory from 0x40000000",
    "scheduler mq-deadline",
    "nr_requests 64",
    "queue_depth 4",
    "nomerges 1",
    "front_merges 0",
    "fifo_batch 8",
    "writes_starved 3",
    "async_depth 16",
    "topology one_switch",
    "client nvme0",
  ]);
  assertEquals(
    headerWords(machineSchema, {
      ...{ sgl: false, iommu: false, dmaMaskBits: 32 },
    })[2],
    "bounce pool of 64 MiB",
  );
});
