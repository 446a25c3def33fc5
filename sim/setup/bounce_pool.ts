/** The bounce pool of a machine. */
import type { MachineSetup } from "./machine_fields.ts";

/** IO_TLB_DEFAULT_SIZE (include/linux/swiotlb.h). */
const DEFAULT_POOL_BYTES = 64 << 20;

/**
 * Returns the size of a machine's bounce pool.
 *
 * @returns Bytes; 0 for none.
 */
export function bouncePoolOf(machine: Partial<MachineSetup>): number {
  const { bouncePoolBytes, iommu, forceBounce, dmaMaskBits = 64 } = machine;
  if (bouncePoolBytes !== undefined) return bouncePoolBytes;
  return !iommu && (forceBounce === true || dmaMaskBits <= 32)
    ? DEFAULT_POOL_BYTES
    : 0;
}
