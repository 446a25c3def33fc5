import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { checkSetup } from "../../../bench/setup/setup_rules.ts";
import type { RunSetup } from "../../../bench/setup/asked_setup.ts";
import { layouts } from "../../../layouts/registry.ts";
import { kernelProfiles, pathProfile } from "../../../sim/kernel/profile.ts";
import { lab } from "../lab_in_process.ts";

/** Kernels that the rules name; another one needs no change here. */
const WITH_META_SGLS = kernelProfiles.filter((kernel) =>
  pathProfile(kernel).nvmeLimits.mostMetadataSegments > 0
).join(" or ");
const WITH_USER_P2P = kernelProfiles.filter((kernel) =>
  pathProfile(kernel).userP2p
).join(" or ");

function machine(own: Partial<typeof PLAIN_MACHINE>): RunSetup {
  return { machine: { ...PLAIN_MACHINE, ...own } };
}

/** A setup for each rule, and what is said of it. */
const BROKEN: readonly (readonly [RunSetup, string])[] = [
  [
    machine({ sglThresholdBytes: 0 }),
    "--sgl-threshold: found a controller of PRPs, expected --sgl",
  ],
  [
    machine({ metadataSgl: true, integrity: "t10" }),
    "--metadata-sgl: found a controller of PRPs, expected --sgl",
  ],
  [
    machine({ metadataSgl: true, sgl: true }),
    "--metadata-sgl: found blocks without metadata, expected --integrity t10",
  ],
  [
    {
      ...machine({ metadataSgl: true, sgl: true, integrity: "t10" }),
      kernel: "6.1",
    },
    "--metadata-sgl with --kernel 6.1: found a driver that names metadata by " +
    `one address (no NVME_MAX_META_SEGS), expected kernel ${WITH_META_SGLS}`,
  ],
  [
    {
      ...machine({
        ownKernel: { name: "mine.txt", abi: "lp64", structs: ["bio 8"] },
      }),
      abis: ["lp64", "ilp32"],
    },
    "--abi lp64,ilp32: found the structures of mine.txt, built for lp64, " +
    "expected that ABI alone",
  ],
  [
    machine({ client: "nvme0" }),
    "--client nvme0: found no --topology, expected the tree that it is in",
  ],
  [
    machine({ iommu: true, forceBounce: true }),
    "--force-bounce with --iommu: found an IOMMU, which maps instead",
  ],
  [
    machine({ iommu: true, bouncePoolBytes: 1 << 20 }),
    "--bounce-pool with --iommu: found an IOMMU",
  ],
  [
    machine({ forceBounce: true, bouncePoolBytes: 0 }),
    "--force-bounce with --bounce-pool 0: found no bounce pool, expected one",
  ],
  [
    { ...machine({ integrity: "t10" }), recognitions: ["map_first"] },
    "--integrity with --recognise map_first: found a detection that has no CPU",
  ],
  [
    { ...machine({ vmemmap: false }), recognitions: ["page", "map_first"] },
    "--no-vmemmap with --recognise map_first: found a detection that looks at",
  ],
  [
    machine({ ranges: "maple" }),
    "--ranges maple: found --recognise page, expected --recognise range",
  ],
  [
    { api: "pread", depth: 8 },
    "--api pread with --depth 8: found a system call that waits for its I/O, " +
    "expected --depth 1, or --api aio or io_uring",
  ],
  [
    { api: "pread", batch: 4 },
    "--api pread with --batch 4: found a system call that submits one I/O",
  ],
  [
    { api: "pread", completeOn: "other", workers: 2, devices: 1 },
    "--api pread with --complete-on other: found a task that waits for its own",
  ],
  [
    { api: "aio", submitter: "registered" },
    "--api aio with --submitter registered: found buffers that are registered",
  ],
  [
    { api: "aio", submitter: "pagecache" },
    "--api aio with --submitter pagecache: found bios of readahead and",
  ],
  [
    { ...machine({ structPageBytes: 36 }), abis: ["ilp32", "lp64"] },
    "--struct-page-bytes 36: found --abi lp64, expected 64, as 64-bit",
  ],
  [
    { ...machine({ structPageBytes: 34 }), abis: ["ilp32_lpae"] },
    "--struct-page-bytes 34: found --abi ilp32_lpae, expected a multiple of 4",
  ],
  [
    { api: "pread", submitter: "kernel", depth: 1 },
    "--api pread with --submitter kernel: found bios of a user inside the",
  ],
  [
    { layouts: ["page_offset"], recognitions: ["segment"] },
    "--recognise segment with --layout page_offset: found page_offset on " +
    "lp64: no flag in the segment, expected one of 10 layouts such as phys_flags",
  ],
  [
    { layouts: ["page_offset"], recognitions: ["page", "map_first"] },
    "--recognise map_first with --layout page_offset: found page_offset on " +
    "lp64: no field can hold a DMA address, expected dma_vec",
  ],
  [
    { layouts: ["page_offset", "phyr"], recognitions: ["page", "segment"] },
    "--recognise segment with --layout page_offset,phyr: found phyr on lp64: " +
    "no flag in the segment, expected one of 10 layouts such as phys_flags",
  ],
  [
    { layouts: ["page_offset", "len24_p2p"], abis: ["lp64", "lp64_be"] },
    "--abi lp64,lp64_be with --layout page_offset,len24_p2p: found len24_p2p " +
    "on lp64: the 24-bit length is for 32-bit size_t; see len56_p2p, expected ",
  ],
  [
    { submitter: "registered", workloads: ["4k-hot", "1m-p2p"] },
    "--submitter registered with --workload 1m-p2p: found buffers on P2P " +
    "memory, which FOLL_LONGTERM refuses to pin, expected host memory or " +
    "--submitter user",
  ],
  [
    { submitter: "registered", workloads: ["a.iolog"], placement: "some-p2p" },
    "--submitter registered with --placement some-p2p: found",
  ],
  [
    { submitter: "pagecache", workloads: ["64k-mixed"] },
    "--submitter pagecache with --workload 64k-mixed: found buffers on P2P",
  ],
  [
    { submitter: "pagecache", workloads: ["unaligned-4k"] },
    "--submitter pagecache with --workload unaligned-4k: found buffers that " +
    "begin inside a page, expected whole pages or --submitter user",
  ],
  [
    { abis: ["lp64", "ilp32_pae"], workloads: ["1m-p2p"] },
    "--abi ilp32_pae with --workload 1m-p2p: found buffers on P2P memory, " +
    "which 32-bit kernels do not have (CONFIG_PCI_P2PDMA needs 64BIT)",
  ],
  [
    { kernel: "6.1", workloads: ["1m-p2p"] },
    "--kernel 6.1 with --workload 1m-p2p: found buffers on P2P memory, which " +
    "user space can neither map (p2pmem_alloc_mmap) nor pin " +
    "(FOLL_PCI_P2PDMA) before 6.2, expected host memory, kernel " +
    `${WITH_USER_P2P}, or --submitter kernel`,
  ],
  [
    { batch: 33 },
    "--batch 33: found --depth 32, which ends a plug earlier, expected as many",
  ],
  [
    { devices: 2 },
    "--devices 2: found --workers 1, expected as many workers at least",
  ],
  [{ poll: true }, "--poll: found --devices 0, expected --devices of 1 at"],
  [
    { workers: 2, devices: 1, poll: true, cpus: 1 },
    "--poll with --workers 2 and --devices 1: found 1 CPU, expected one for",
  ],
  [
    { hwQueues: 3, workers: 2, devices: 1 },
    "--hw-queues 3: found --workers 2, expected as many workers at least",
  ],
  [
    { hwQueues: 1, workers: 2 },
    "--hw-queues 1 with --workers 2: found --devices 0, each of which has a",
  ],
  [
    { hwQueues: 2, workers: 4, devices: 3 },
    "--devices 3: found --hw-queues 2, expected as many hardware queues at",
  ],
  [
    { hwQueues: 2, workers: 4, devices: 1, completeOn: "other" },
    "--complete-on other with --hw-queues 2 and --workers 4: found queues that",
  ],
  [
    { completeOn: "ipi", workers: 1 },
    "--complete-on ipi: found --workers 1, expected 2 at least",
  ],
  [
    { completeOn: "other" },
    "--complete-on other: found --workers 1, expected 2 at least",
  ],
  [
    { completeOn: "other", workers: 2 },
    "--complete-on other: found --devices 0, expected --devices of 1 at least",
  ],
  [
    { completeOn: "other", workers: 2, devices: 1, submitter: "pagecache" },
    "--complete-on other: found --submitter pagecache, expected user, registered or",
  ],
  [
    {
      ...machine({ settings: { writeCache: true, fua: false } }),
      ...{ completeOn: "other", workers: 2, devices: 1 },
    },
    "--complete-on other: found a write cache without FUA",
  ],
  [
    { workers: 2, engine: "native" },
    "--workers 2 with --devices 0: found engine native, which has one worker, " +
    "expected --workers 1 and --devices 0",
  ],
  [
    { ...machine({ iommu: true }), workers: 2 },
    "found an IOMMU, whose tables are one worker's own",
  ],
  [
    { ...machine({ bouncePoolBytes: 1 << 20 }), devices: 1 },
    "--workers 1 with --devices 1: found a bounce pool",
  ],
  [
    { ...machine({ integrity: "t10" }), workers: 2 },
    "found protection information",
  ],
  [
    { ...machine({ settings: { scheduler: "mq-deadline" } }), workers: 2 },
    "found scheduler mq-deadline, which is one worker's own",
  ],
  [
    { ...machine({ settings: { tags: 1024 } }), workers: 2 },
    "found nr_requests 1024, more than 1023",
  ],
  [
    { cc: "gcc" },
    "--cc gcc: found --engine js, which compiles nothing, expected --engine",
  ],
];

Deno.test("checkSetup() refuses what breaks a rule, in one line", () => {
  for (const [setup, text] of BROKEN) {
    const error = assertThrows(() => checkSetup(setup), RangeError, text);
    assertEquals(error.message.startsWith("Cannot use --"), true);
    assertEquals(error.message.includes("\n"), false);
    assertEquals(/undefined|NaN|\[object/.test(error.message), false);
  }
});

Deno.test("checkSetup() takes what goes together", () => {
  const fine: readonly RunSetup[] = [
    {},
    { layouts: ["page_offset"], recognitions: ["page", "bio", "range"] },
    { layouts: ["page_offset"] },
    { layouts: ["page_offset", "phys_flags"], recognitions: ["segment"] },
    { recognitions: ["page", "segment", "bio", "range", "map_first"] },
    { layouts: ["dma_vec"], recognitions: ["map_first"] },
    { ...machine({ ranges: "maple" }), recognitions: ["page", "range"] },
    { submitter: "registered", workloads: ["1m-p2p"], placement: "huge" },
    { submitter: "registered", workloads: ["unaligned-4k"] },
    { submitter: "pagecache", workloads: ["seq128k"] },
    { submitter: "kernel", workloads: ["1m-p2p"], kernel: "6.1" },
    { submitter: "kernel", completeOn: "other", workers: 2, devices: 1 },
    { abis: ["ilp32"], workloads: ["1m-segment"] },
    { ...machine({ structPageBytes: 32 }), abis: ["ilp32", "ilp32_be"] },
    { ...machine({ structPageBytes: 64 }) },
    { batch: 32 },
    { api: "pread" },
    { api: "pread", workers: 2, devices: 1 },
    { api: "aio", batch: 32, completeOn: "other", workers: 2, devices: 1 },
    { workers: 2, devices: 2, poll: true, cpus: 4, completeOn: "other" },
    { workers: 4, devices: 2, hwQueues: 2, completeOn: "ipi" },
    { workers: 2, hwQueues: 2 },
    { ...machine({ iommu: true }), workers: 1 },
    { cc: "gcc", engine: "native" },
    { workers: 2, engine: "both" },
  ];
  for (const setup of fine) checkSetup(setup);
  // Each layout can be compared by one detection at least.
  for (const { name } of layouts) {
    checkSetup({
      layouts: [name],
      recognitions: [name === "dma_vec" ? "map_first" : "page"],
      abis: [name === "len24_p2p" ? "ilp32" : "lp64"],
    });
  }
});

Deno.test("completeOptions() keeps to the rules", async () => {
  assertThrows(
    () => completeOptions({ batch: 8, depth: 4 }),
    RangeError,
    "Cannot use --batch 8: found --depth 4",
  );
  // It would wait for ever for a plug that is never full.
  await assertRejects(() => runLab({ batch: 64, depth: 2 }), RangeError);
});

Deno.test("lab refuses what cannot be combined with status 2", async () => {
  for (
    const [words, text] of [
      [
        ["--recognise", "segment", "--layout", "page_offset"],
        "--recognise segment with --layout page_offset",
      ],
      [
        ["--submitter", "registered", "--workload", "1m-p2p"],
        "--submitter registered with --workload 1m-p2p",
      ],
      [
        ["--submitter", "pagecache", "--placement", "p2p"],
        "--submitter pagecache with --placement p2p",
      ],
      [
        ["--abi", "ilp32", "--workload", "64k-mixed"],
        "--abi ilp32 with --workload 64k-mixed",
      ],
    ] as const
  ) {
    for (const command of ["run", "explain", "heat"]) {
      const { status, out, err } = await lab([command, ...words]);
      assertEquals([status, out], [2, ""], `${command} ${words.join(" ")}`);
      assertEquals(
        err.startsWith(`lab: Cannot use ${text}: found `),
        true,
        err,
      );
      assertEquals(err.trimEnd().includes("\n"), false);
      assertEquals(err.includes("worker"), false);
    }
  }
  for (
    const [words, text] of [
      [["run", "--batch", "64"], "--batch 64: found --depth 32"],
      [["run", "--cc", "clang"], "--cc clang: found --engine js"],
      [["run", "--by", "stage", "--json", "-"], "--by stage with --json -"],
      [
        ["explain", "--registered", "--submitter", "user"],
        "Cannot combine --registered with --submitter user",
      ],
    ] as const
  ) {
    const { status, out, err } = await lab(words);
    assertEquals([status, out], [2, ""], words.join(" "));
    assertEquals(err.includes(text), true, err);
  }
});
