import { assert, assertEquals } from "@std/assert";
import {
  addMachineOptions,
  type MachineOptions,
  readMachine,
} from "../../bench/command/machine_options.ts";
import { createCommand } from "../../bench/command/command.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import { machineFacts, machineWords } from "../../bench/machine_text.ts";

const WHOLE: Required<MachineSetup> = {
  sgl: true,
  sglThresholdBytes: 4096,
  iommu: true,
  dmaMaskBits: 48,
  forceBounce: true,
  bouncePoolBytes: 1 << 20,
  integrity: "t10",
  metadataSgl: true,
  vmemmap: false,
  ranges: "maple",
  p2pProducer: "ranges",
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

async function parsed(words: readonly string[]): Promise<MachineSetup> {
  let options: MachineOptions | undefined;
  await addMachineOptions(createCommand("x", ""))
    .action((found: MachineOptions) => {
      options = found;
    })
    .parseAsync(words, { from: "user" });
  assert(options !== undefined);
  return readMachine(options);
}

Deno.test("machineWords() is the inverse of readMachine()", async () => {
  const plain: MachineSetup = { sgl: false, iommu: false };
  assertEquals(await parsed([]), plain);
  assertEquals(await parsed(["--scheduler", "none"]), plain);
  assertEquals(await parsed(["--scheduler", "mq-deadline"]), {
    ...plain,
    settings: { scheduler: "mq-deadline" },
  });
  assertEquals(machineWords({ ...plain }), []);
  assertEquals(await parsed(machineWords({ ...WHOLE })), WHOLE);
  // Each key alone: no word may depend on another.
  for (const [key, value] of Object.entries(WHOLE)) {
    if (key === "client") continue; // needs its tree
    const machine = { ...plain, [key]: value };
    assertEquals(await parsed(machineWords(machine)), machine, key);
  }
});

Deno.test("machineFacts() says what is not as usual", () => {
  assertEquals(machineFacts({ sgl: false, iommu: false }), ["PRP only"]);
  assertEquals(machineFacts(WHOLE), [
    "PRP or SGL (threshold 4 KiB)",
    "IOMMU",
    "DMA mask of 48 bits",
    "all bounced",
    "bounce pool of 1 MiB",
    "T10 PI guards",
    "SGLs for metadata",
    "no vmemmap",
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
    machineFacts({ sgl: false, iommu: false, dmaMaskBits: 32 })[2],
    "bounce pool of 64 MiB",
  );
});
