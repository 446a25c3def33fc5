/**
 * Refuses what the kernel that a run models cannot do, by name, before
 * anything runs.
 */
import { type PathProfile, pathProfile } from "../sim/kernel/profile.ts";
import { kernelProfiles } from "../sim/kernel/struct_offsets.ts";
import type { PlacementOptions } from "../sim/workload/placement_options.ts";
import { workloadPlacement } from "../sim/workload/workload.ts";
import type { MachineSetup } from "./contender_machine.ts";

/** What is asked of a kernel. */
export interface KernelUse {
  /** The kernel, such as `6.1`. */
  readonly kernel: string;
  /** Names of presets, or paths. */
  readonly workloads: readonly string[];
  /** Where buffers lie, instead of each workload's own placement. */
  readonly placement?: string | Partial<PlacementOptions>;
  /** The machine; nothing special unless told. */
  readonly machine?: Pick<MachineSetup, "metadataSgl">;
}

/**
 * Refuses workloads and machines that a kernel cannot run.
 *
 * @param use The kernel, the workloads and the machine.
 * @throws {RangeError} Naming what it is, and the reason in the kernel.
 *
 * @example P2P memory of user space, which 6.1 does not have
 * ```ts
 * import { runLab } from "@bvec/lab/bench";
 * import { assertRejects } from "@std/assert";
 *
 * const options = { kernel: "6.1", workloads: ["64k-mixed"] };
 * await assertRejects(() => runLab(options), RangeError, "FOLL_PCI_P2PDMA");
 * ```
 */
export function checkKernel(use: KernelUse): void {
  const { kernel, workloads, placement, machine } = use;
  const { userP2p, nvmeLimits } = pathProfile(kernel);
  if (machine?.metadataSgl && nvmeLimits.mostMetadataSegments === 0) {
    throw new RangeError(
      `Cannot use SGLs for metadata on kernel ${kernel}: found a driver that ` +
        "names metadata by one address (no NVME_MAX_META_SEGS), expected " +
        `kernel ${
          kernelsWith((other) => other.nvmeLimits.mostMetadataSegments > 0)
        }`,
    );
  }
  if (userP2p) return;
  for (const name of workloads) {
    const { p2pIoShare, mixedIoShare } = workloadPlacement(name, placement);
    if (p2pIoShare + mixedIoShare === 0) continue;
    throw new RangeError(
      `Cannot run "${name}" on kernel ${kernel}: found buffers on P2P ` +
        "memory, which user space can neither map (p2pmem_alloc_mmap) nor " +
        "pin (FOLL_PCI_P2PDMA) before 6.2, expected host memory or kernel " +
        kernelsWith((other) => other.userP2p),
    );
  }
}

function kernelsWith(can: (profile: PathProfile) => boolean): string {
  return kernelProfiles.filter((kernel) => can(pathProfile(kernel)))
    .join(" or ");
}
