/**
 * One job of a soak: I/Os with faults through one layout, every status judged
 * and every byte of every I/O that went well compared with the medium.
 */
import { findAbi } from "../../layouts/abi.ts";
import { findLayout } from "../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import {
  plannedController,
  plannedLimits,
} from "../../sim/fault/planned_machine.ts";
import {
  createSimulatedReplay,
  type SimulatedReplay,
} from "../../sim/simulation/simulated_replay.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import { dataMemoryMap } from "../../sim/nvme/controller.ts";
import { dataIos, WrongIoError } from "../../sim/replay/replay.ts";
import { openWorkload } from "../../sim/workload/workload.ts";
import {
  holdsOffsets,
  SOAK_ABI,
  SOAK_DEPTH,
  SOAK_MAP,
  SOAK_POOL_BYTES,
  SOAK_PROFILES,
  type SoakJob,
  type SoakProfile,
} from "./soak_plan.ts";

/** I/Os of one window. */
const WINDOW_IOS = 4096;
/** The workload of buffers inside pages, and what is run in its place. */
const UNALIGNED = "unaligned-4k";
const ALIGNED = "randread-4k";
/** Salt of the medium's content. */
const SALT = 6;

/** How I/Os of a soak may end: what the faults of the plans lead to. */
const KNOWN_ENDS = ["OK", "EIO", "ENODATA", "ETIMEDOUT", "EFAULT", "EREMOTEIO"];

export interface SoakPart {
  readonly profile: string;
  /** I/Os that ended. */
  readonly ios: number;
  /** Bytes that were compared with the medium. */
  readonly verifiedBytes: number;
  /** I/Os by how they ended. */
  readonly statuses: Readonly<Record<string, number>>;
  /** I/Os that a fault hit, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** What was still in use at the end, by resource: all 0. */
  readonly balance: Readonly<Record<string, number>>;
  /** Digest of all statuses, and of all commands. */
  readonly digest: string;
}

/**
 * @param told Called after each window with how many more I/Os have ended.
 * @throws {WrongIoError} If an I/O was lost, ended wrongly, has wrong bytes, or
 *   left something in use.
 */
export async function runSoakJob(
  job: SoakJob,
  told: (ios: number) => void,
): Promise<SoakPart[]> {
  const parts: SoakPart[] = [];
  let done = 0;
  const profiles = SOAK_PROFILES.filter(({ isPremapped }) =>
    isPremapped || job.recognition !== "map_first"
  );
  for (const [index, profile] of profiles.entries()) {
    const isLast = index === profiles.length - 1;
    const share = isLast ? job.ios - done : Math.round(job.ios * profile.share);
    done += share;
    const perPath = profile.iosPerPath ?? share;
    for (let from = 0; from < share; from += perPath) {
      const ios = Math.min(perPath, share - from);
      const seed = job.seed + 1000 * index + from;
      parts.push(await runPath(profile, { ...job, ios, seed }, told));
    }
  }
  return parts;
}

async function runPath(
  profile: SoakProfile,
  job: SoakJob,
  told: (ios: number) => void,
): Promise<SoakPart> {
  const made = createPath(profile, job);
  const isWhole = !holdsOffsets(job.layout);
  const { workloads } = profile;
  // A job too short for all workloads still ends with the last, rarest one.
  const lastIos = job.ios < WINDOW_IOS * workloads.length
    ? Math.ceil(job.ios / workloads.length)
    : 0;
  let firstIo = 0;
  for (let turn = 0; firstIo < job.ios; turn++) {
    const left = job.ios - firstIo;
    const isEnd = left <= lastIos;
    const place = isEnd ? workloads.length - 1 : turn % workloads.length;
    const turned = workloads[place] as string;
    const name = isWhole && turned === UNALIGNED ? ALIGNED : turned;
    const workload = await openWorkload(name, {
      seed: job.seed + turn,
      memoryMap: SOAK_MAP,
      ios: isEnd ? left : Math.min(WINDOW_IOS, left - lastIos),
      placement: {
        poolBytes: SOAK_POOL_BYTES,
        ...profile.placement,
        // Half of these change kind inside a block where they are mixed: what
        // recognises by page or bio refuses them or ends them with EIO.
        ...(name === UNALIGNED
          ? { unalignedShare: 1, unalignedBytes: 256 }
          : {}),
      },
    });
    const capacity = { ios: WINDOW_IOS, pieces: 1 << 17 };
    for await (const window of workload.windows(capacity)) {
      const ios = dataIos(window);
      made.replay.replay(window, { ios, firstIo, data: made.data });
      firstIo += window.counts[0] ?? 0;
      told(ios.length);
    }
  }
  const part = judge(profile, made.replay, firstIo);
  // Other I/Os, which are compared with none but their like.
  return isWhole ? { ...part, profile: `${part.profile}, whole pages` } : part;
}

function createPath(
  profile: SoakProfile,
  job: SoakJob,
): { replay: SimulatedReplay; data: PhysicalMemory } {
  const plan = profile.plan(job.seed, job.ios);
  const controller = plannedController({}, plan);
  const data = new PhysicalMemory(dataMemoryMap(SOAK_MAP, controller));
  const replay = createSimulatedReplay({
    layout: findLayout(job.layout),
    abi: findAbi(SOAK_ABI),
    kernel: DEFAULT_KERNEL,
    recognition: job.recognition,
    limits: plannedLimits(QUEUE_LIMIT_PRESETS.nvme_prp, controller),
    map: SOAK_MAP,
    depth: SOAK_DEPTH,
    controller,
    decode: true,
    data: () => data,
    salt: SALT,
  }, { plan, keepsLatencies: false });
  return { replay, data };
}

/** None may be lost, and none may end as nothing in the plan makes it end. */
function judge(
  profile: SoakProfile,
  { simulated, report }: SimulatedReplay,
  submitted: number,
): SoakPart {
  const { ios, statuses, rules, verifiedBytes, statusDigest } = report();
  const balance: Record<string, number> = {};
  for (const [resource, count] of Object.entries(simulated.balance())) {
    const kind = resource.startsWith("slab of") ? "slab objects" : resource;
    balance[kind] = (balance[kind] ?? 0) + Math.abs(count);
  }
  if (ios !== submitted) {
    throw new WrongIoError(
      `Cannot trust profile "${profile.name}": ${ios} I/Os ended, expected ` +
        `${submitted}`,
    );
  }
  for (const name of Object.keys(statuses)) {
    if (KNOWN_ENDS.includes(name)) continue;
    throw new WrongIoError(
      `Cannot trust profile "${profile.name}": an I/O ended with ${name}, ` +
        `expected one of: ${KNOWN_ENDS.join(", ")}`,
    );
  }
  const faults: Record<string, number> = {};
  for (const { kind, injected } of rules) {
    faults[kind] = (faults[kind] ?? 0) + injected;
  }
  return {
    profile: profile.name,
    ios,
    verifiedBytes,
    statuses,
    faults,
    balance,
    digest: `${statusDigest} ${simulated.assembly.digest?.hex() ?? ""}`,
  };
}
