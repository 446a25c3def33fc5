import type { RunSetup } from "../../../bench/setup/asked_setup.ts";
import { assertRefused, kernelsWith, machine } from "./refused_setup.ts";

const WITH_USER_P2P = kernelsWith(({ userP2p }) => userP2p);

/** A setup for each rule, and what is said of it. */
const BROKEN: readonly (readonly [RunSetup, string])[] = [
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
    { api: "pread", submitter: "kernel", depth: 1 },
    "--api pread with --submitter kernel: found bios of a user inside the",
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
    "--batch 33: found --depth 32, which ends a plug earlier, expected at least as many",
  ],
  [
    { devices: 2 },
    "--devices 2: found --workers 1, expected at least as many workers",
  ],
  [{ poll: true }, "--poll: found --devices 0, expected --devices of at"],
  [
    { workers: 2, devices: 1, poll: true, cpus: 1 },
    "--poll with --workers 2 and --devices 1: found 1 CPU, expected one for",
  ],
  [
    { hwQueues: 3, workers: 2, devices: 1 },
    "--hw-queues 3: found --workers 2, expected at least as many workers",
  ],
  [
    { hwQueues: 1, workers: 2 },
    "--hw-queues 1 with --workers 2: found --devices 0, where each submitter",
  ],
  [
    { hwQueues: 2, workers: 4, devices: 3 },
    "--devices 3: found --hw-queues 2, expected at least as many hardware",
  ],
  [
    { hwQueues: 2, workers: 4, devices: 1, completeOn: "other" },
    "--complete-on other with --hw-queues 2 and --workers 4: found queues that",
  ],
  [
    { completeOn: "ipi", workers: 1 },
    "--complete-on ipi: found --workers 1, expected at least 2",
  ],
  [
    { completeOn: "other" },
    "--complete-on other: found --workers 1, expected at least 2",
  ],
  [
    { completeOn: "other", workers: 2 },
    "--complete-on other: found --devices 0, expected --devices of at least 1",
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
];

Deno.test("checkSetup() refuses I/O that breaks a rule, in one line", () => {
  for (const [setup, text] of BROKEN) assertRefused(setup, text);
});
