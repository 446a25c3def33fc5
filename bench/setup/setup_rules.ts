/**
 * What cannot be combined, and why: one table for every command and for the
 * library, looked up before anything runs. An option that would have no effect
 * is refused, too, as is a comparison that would compare nothing.
 *
 * Adding a rule is one entry: when it holds, what cannot be used, what was found
 * that is against it, and what was expected.
 */
import { findAbi } from "../../layouts/abi.ts";
import {
  kernelProfiles,
  type PathProfile,
  pathProfile,
} from "../../sim/kernel/profile.ts";
import { bouncePoolOf } from "../../sim/setup/machine_fields.ts";
import { plural } from "../../sim/text/plural.ts";
import { type Asked, askedSetup, given, type RunSetup } from "./asked_setup.ts";
import {
  idleDetection,
  idleReason,
  isAbsent,
  layoutsFor,
} from "./idle_detection.ts";
import { onlyOneWorker } from "./one_worker.ts";
import { choiceName } from "./run_layouts.ts";

type Text = string | ((setup: Asked) => string);

/** Something that cannot be combined. */
interface SetupRule {
  /** Whether the rule is broken. */
  readonly when: (setup: Asked) => boolean;
  /** What cannot be used. */
  readonly what: Text;
  /** What is against it. */
  readonly found: Text;
  /** What goes with it. */
  readonly expected: Text;
}

/** All rules; the first that is broken is told. */
const RULES: readonly SetupRule[] = [
  // The controller, its memory and its buses.
  {
    when: ({ machine }) => !machine.sgl && given(machine.sglThresholdBytes),
    what: "--sgl-threshold",
    found: "a controller of PRPs",
    expected: "--sgl",
  },
  {
    when: ({ machine }) => !machine.sgl && machine.metadataSgl === true,
    what: "--metadata-sgl",
    found: "a controller of PRPs",
    expected: "--sgl",
  },
  {
    when: ({ machine }) =>
      machine.metadataSgl === true && !given(machine.integrity),
    what: "--metadata-sgl",
    found: "blocks without metadata",
    expected: "--integrity t10",
  },
  {
    when: ({ machine, profile }) =>
      machine.metadataSgl === true &&
      profile.nvmeLimits.mostMetadataSegments === 0,
    what: ({ kernel }) => `--metadata-sgl with --kernel ${kernel}`,
    found:
      "a driver that names metadata by one address (no NVME_MAX_META_SEGS)",
    expected: () =>
      `kernel ${
        kernelsWith(({ nvmeLimits }) => nvmeLimits.mostMetadataSegments > 0)
      }`,
  },
  {
    when: ({ machine }) => given(machine.client) && !given(machine.topology),
    what: ({ machine }) => `--client ${machine.client}`,
    found: "no --topology",
    expected: "the tree that it is in",
  },
  {
    when: ({ machine }) =>
      machine.iommu &&
      (machine.forceBounce === true || (machine.bouncePoolBytes ?? 0) > 0),
    what: ({ machine }) =>
      `${
        machine.forceBounce ? "--force-bounce" : "--bounce-pool"
      } with --iommu`,
    found: "an IOMMU, which maps instead",
    expected: "one of the two",
  },
  {
    when: ({ machine }) =>
      machine.forceBounce === true && bouncePoolOf(machine) === 0,
    what: "--force-bounce with --bounce-pool 0",
    found: "no bounce pool",
    expected: "one",
  },
  {
    when: ({ machine, abis }) =>
      abis.some((abi) => abi !== (machine.ownKernel?.abi ?? abi)),
    what: ({ abis }) => `--abi ${abis.join(",")}`,
    found: ({ machine }) =>
      `the structures of ${machine.ownKernel?.name}, built for ` +
      `${machine.ownKernel?.abi}`,
    expected: "that ABI alone",
  },
  {
    when: ({ machine }) =>
      given(machine.structPageBytes) && given(machine.ownKernel),
    what: "--struct-page-bytes",
    found: ({ machine }) =>
      `the structures of ${machine.ownKernel?.name}, which have a struct page`,
    expected: "one of the two",
  },
  {
    when: (setup) => given(otherPageAbi(setup)),
    what: ({ machine }) => `--struct-page-bytes ${machine.structPageBytes}`,
    found: (setup) => `--abi ${otherPageAbi(setup)}`,
    expected: (setup) =>
      findAbi(otherPageAbi(setup) ?? "lp64").pointerBytes === 8
        ? "64, as 64-bit kernels have it"
        : "a multiple of 4 from 32 to 64",
  },
  // How P2P memory is detected.
  {
    when: ({ machine, recognitions }) =>
      given(machine.integrity) && recognitions.includes("map_first"),
    what: "--integrity with --recognise map_first",
    found: "a detection that has no CPU address to check data at",
    expected: "another one",
  },
  {
    when: ({ machine, recognitions }) =>
      machine.vmemmap === false && recognitions.includes("map_first"),
    what: "--no-vmemmap with --recognise map_first",
    found: "a detection that looks at no struct page",
    expected: "another one",
  },
  {
    when: ({ machine, recognitions }) =>
      given(machine.ranges) && !recognitions.includes("range"),
    what: ({ machine }) => `--ranges ${machine.ranges}`,
    found: ({ recognitions }) => `--recognise ${recognitions.join(",")}`,
    expected: "--recognise range, which alone searches them",
  },
  {
    when: (setup) => given(idleDetection(setup)),
    what: (setup) =>
      `${
        isAbsent(setup)
          ? `--abi ${setup.abis.join(",")}`
          : `--recognise ${idleDetection(setup)}`
      } with --layout ${(setup.layouts ?? []).map(choiceName).join(",")}`,
    found: (setup) => idleReason(setup),
    expected: (setup) => layoutsFor(setup),
  },
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
    found: "buffers that are registered with io_uring alone",
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
    expected: "as many I/Os in flight at least",
  },
  {
    when: ({ devices, workers }) => devices > workers,
    what: ({ devices }) => `--devices ${devices}`,
    found: ({ workers }) => `--workers ${workers}`,
    expected: "as many workers at least",
  },
  {
    when: ({ hwQueues = 1, workers }) => hwQueues > workers,
    what: ({ hwQueues }) => `--hw-queues ${hwQueues}`,
    found: ({ workers }) => `--workers ${workers}`,
    expected: "as many workers at least",
  },
  {
    when: ({ hwQueues, workers, devices }) =>
      (hwQueues ?? workers) < workers && devices === 0,
    what: ({ hwQueues, workers }) =>
      `--hw-queues ${hwQueues} with --workers ${workers}`,
    found: "--devices 0, each of which has a queue of its own",
    expected: "--devices of 1 at least",
  },
  {
    when: ({ hwQueues, workers, devices }) => devices > (hwQueues ?? workers),
    what: ({ devices }) => `--devices ${devices}`,
    found: ({ hwQueues }) => `--hw-queues ${hwQueues}`,
    expected: "as many hardware queues at least",
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
    expected: "--devices of 1 at least",
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
    expected: "2 at least",
  },
  {
    when: ({ completeOn, devices }) =>
      completeOn !== "submitter" && devices === 0,
    what: ({ completeOn }) => `--complete-on ${completeOn}`,
    found: "--devices 0",
    expected: "--devices of 1 at least",
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
  // What the path runs in.
  {
    when: ({ cc, engine }) => given(cc) && engine === "js",
    what: ({ cc }) => `--cc ${cc}`,
    found: "--engine js, which compiles nothing",
    expected: "--engine native or both",
  },
];

/**
 * Refuses a setup that breaks a rule.
 *
 * @param setup The setup; what is absent has its default.
 * @throws {RangeError} Naming what cannot be combined, and why.
 *
 * @example A plug that is longer than the queue is deep
 * ```ts
 * import { runLab } from "@bvec/lab";
 * import { assertRejects } from "@std/assert";
 *
 * const options = { batch: 64, depth: 2 };
 * await assertRejects(() => runLab(options), RangeError, "--depth 2");
 * ```
 */
export function checkSetup(setup: RunSetup): void {
  const asked = askedSetup(setup);
  const broken = RULES.find(({ when }) => when(asked));
  if (broken === undefined) return;
  const say = (text: Text) => typeof text === "string" ? text : text(asked);
  throw new RangeError(
    `Cannot use ${say(broken.what)}: found ${say(broken.found)}, expected ` +
      say(broken.expected),
  );
}

function narrowAbi({ abis }: Asked): string | undefined {
  return abis.find((name) => findAbi(name).pointerBytes === 4);
}

/** The first ABI whose struct page cannot be of the size that was given. */
function otherPageAbi({ abis, machine }: Asked): string | undefined {
  const { structPageBytes: bytes } = machine;
  if (bytes === undefined) return undefined;
  return abis.find((name) =>
    findAbi(name).pointerBytes === 8 ? bytes !== 64 : bytes % 4 !== 0
  );
}

function kernelsWith(can: (profile: PathProfile) => boolean): string {
  return kernelProfiles.filter((kernel) => can(pathProfile(kernel)))
    .join(" or ");
}
