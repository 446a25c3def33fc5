/** Rules on how I/O is submitted, on whose memory, and where it ends. */
import { findAbi } from "../../layouts/abi.ts";
import { bouncePoolOf } from "../../sim/setup/bounce_pool.ts";
import { plural } from "../../sim/text/plural.ts";
import { type Asked, given } from "./asked_setup.ts";
import { kernelsWith, type SetupRule } from "./setup_rule.ts";

export const SUBMIT_RULES: readonly SetupRule[] = [
  // How a program submits.
  {
    when: ({ api, depth }) => api === "pread" && depth > 1,
    what: ({ depth }) => `--api pread with --depth ${depth}`,
    found: "a system call that waits for its I/O",
    expected: "--depth 1, or --api aio or io_uring",
  },
  {
    when: ({ api, batch }) => api === "pread" && batch > 1,
    what: ({ batch }) => `--api pread with --batch ${batch}`,
    found: "a system call that submits one I/O",
    expected: "--batch 1, or --api aio or io_uring",
  },
  {
    when: ({ api, completeOn }) => api === "pread" && completeOn === "other",
    what: "--api pread with --complete-on other",
    found: "a task that waits for its own completion",
    expected: "--complete-on submitter, or --api aio or io_uring",
  },
  {
    when: ({ api, submitter }) =>
      api !== "io_uring" && submitter === "registered",
    what: ({ api }) => `--api ${api} with --submitter registered`,
    found: "buffers that are registered, as only io_uring can",
    expected: "--api io_uring or --submitter user",
  },
  {
    when: ({ api, submitter }) =>
      api !== "io_uring" && submitter === "pagecache",
    what: ({ api }) => `--api ${api} with --submitter pagecache`,
    found: "bios of readahead and writeback, which are the same for all",
    expected: "--submitter user",
  },
  {
    when: ({ api, submitter }) => api !== "io_uring" && submitter === "kernel",
    what: ({ api }) => `--api ${api} with --submitter kernel`,
    found: "bios of a user inside the kernel, who makes no system call",
    expected: "--submitter user",
  },
  // Whose memory I/O is on.
  {
    when: ({ p2p, submitter }) => given(p2p) && submitter === "registered",
    what: ({ p2p }) => `--submitter registered with ${p2p}`,
    found: "buffers on P2P memory, which FOLL_LONGTERM refuses to pin",
    expected: "host memory or --submitter user",
  },
  {
    when: ({ p2p, submitter }) => given(p2p) && submitter === "pagecache",
    what: ({ p2p }) => `--submitter pagecache with ${p2p}`,
    found: "buffers on P2P memory, which is never in the page cache",
    expected: "host memory or --submitter user",
  },
  {
    when: ({ unaligned, submitter }) =>
      given(unaligned) && submitter === "pagecache",
    what: ({ unaligned }) => `--submitter pagecache with ${unaligned}`,
    found: "buffers that begin inside a page",
    expected: "whole pages or --submitter user",
  },
  {
    when: (setup) => given(setup.p2p) && given(narrowAbi(setup)),
    what: (setup) => `--abi ${narrowAbi(setup)} with ${setup.p2p}`,
    found: "buffers on P2P memory, which 32-bit kernels do not have " +
      "(CONFIG_PCI_P2PDMA needs 64BIT)",
    expected: "host memory or a 64-bit ABI",
  },
  {
    when: ({ p2p, profile, submitter }) =>
      given(p2p) && !profile.userP2p && submitter !== "kernel",
    what: ({ kernel, p2p }) => `--kernel ${kernel} with ${p2p}`,
    found: "buffers on P2P memory, which user space can neither map " +
      "(p2pmem_alloc_mmap) nor pin (FOLL_PCI_P2PDMA) before 6.2",
    expected: () =>
      `host memory, kernel ${kernelsWith(({ userP2p }) => userP2p)}, or ` +
      "--submitter kernel",
  },
  // How I/O is submitted.
  {
    when: ({ batch, depth }) => batch > depth,
    what: ({ batch }) => `--batch ${batch}`,
    found: ({ depth }) => `--depth ${depth}, which ends a plug earlier`,
    expected: "at least as many I/Os in flight",
  },
  {
    when: ({ devices, workers }) => devices > workers,
    what: ({ devices }) => `--devices ${devices}`,
    found: ({ workers }) => `--workers ${workers}`,
    expected: "at least as many workers",
  },
  {
    when: ({ hwQueues = 1, workers }) => hwQueues > workers,
    what: ({ hwQueues }) => `--hw-queues ${hwQueues}`,
    found: ({ workers }) => `--workers ${workers}`,
    expected: "at least as many workers",
  },
  {
    when: ({ hwQueues, workers, devices }) =>
      (hwQueues ?? workers) < workers && devices === 0,
    what: ({ hwQueues, workers }) =>
      `--hw-queues ${hwQueues} with --workers ${workers}`,
    found: "--devices 0, where each submitter has a queue of its own",
    expected: "--devices of at least 1",
  },
  {
    when: ({ hwQueues, workers, devices }) => devices > (hwQueues ?? workers),
    what: ({ devices }) => `--devices ${devices}`,
    found: ({ hwQueues }) => `--hw-queues ${hwQueues}`,
    expected: "at least as many hardware queues",
  },
  {
    when: ({ hwQueues, workers, completeOn }) =>
      (hwQueues ?? workers) < workers && completeOn === "other",
    what: ({ hwQueues, workers }) =>
      `--complete-on other with --hw-queues ${hwQueues} and --workers ` +
      `${workers}`,
    found: "queues that several workers share",
    expected: "--complete-on ipi or submitter, or a queue for each worker",
  },
  {
    when: ({ poll, devices }) => poll && devices === 0,
    what: "--poll",
    found: "--devices 0",
    expected: "--devices of at least 1",
  },
  {
    when: ({ poll, workers, devices, cpus }) =>
      poll && workers + devices > cpus,
    what: ({ workers, devices }) =>
      `--poll with --workers ${workers} and --devices ${devices}`,
    found: ({ cpus }) => plural(cpus, "CPU"),
    expected: "one for each",
  },
  {
    when: ({ completeOn, workers }) =>
      completeOn !== "submitter" && workers < 2,
    what: ({ completeOn }) => `--complete-on ${completeOn}`,
    found: ({ workers }) => `--workers ${workers}`,
    expected: "at least 2",
  },
  {
    when: ({ completeOn, devices }) =>
      completeOn !== "submitter" && devices === 0,
    what: ({ completeOn }) => `--complete-on ${completeOn}`,
    found: "--devices 0",
    expected: "--devices of at least 1",
  },
  {
    when: ({ completeOn, submitter }) =>
      completeOn === "other" && submitter === "pagecache",
    what: "--complete-on other",
    found: "--submitter pagecache",
    expected: "user, registered or kernel",
  },
  {
    when: ({ completeOn, machine }) =>
      completeOn === "other" && machine.settings?.writeCache === true &&
      machine.settings.fua === false,
    what: "--complete-on other",
    found: "a write cache without FUA",
    expected: "one with it",
  },
  {
    when: (setup) => given(onlyOneWorker(setup)),
    what: ({ workers, devices }) =>
      `--workers ${workers} with --devices ${devices}`,
    found: (setup) => onlyOneWorker(setup) ?? "",
    expected: "--workers 1 and --devices 0",
  },
];

function narrowAbi({ abis }: Asked): string | undefined {
  return abis.find((name) => findAbi(name).pointerBytes === 4);
}

/** Commands that a ring between threads holds: one entry is always free. */
const MOST_TAGS = 1023;

/** What one worker alone can have: what to say of it, if it is there. */
const ONE_WORKER: readonly ((setup: Asked) => string | undefined)[] = [
  ({ engine }) =>
    engine === "native" ? "engine native, which has one worker" : undefined,
  ({ machine }) =>
    machine.iommu ? "an IOMMU, whose tables are one worker's own" : undefined,
  ({ machine }) =>
    bouncePoolOf(machine) > 0
      ? "a bounce pool, which is one worker's own"
      : undefined,
  ({ machine }) =>
    machine.integrity === undefined
      ? undefined
      : "protection information, which one worker checks",
  ({ machine }) =>
    (machine.settings?.scheduler ?? "none") === "none"
      ? undefined
      : `scheduler ${machine.settings?.scheduler}, which is one worker's own`,
  ({ machine }) =>
    (machine.settings?.tags ?? 0) > MOST_TAGS
      ? `nr_requests ${machine.settings?.tags}, more than ${MOST_TAGS}`
      : undefined,
];

/** What is against several workers; nothing if one was asked for. */
function onlyOneWorker(setup: Asked): string | undefined {
  return setup.workers > 1 || setup.devices > 0
    ? ONE_WORKER.map((say) => say(setup)).find((text) => text !== undefined)
    : undefined;
}
