/** Layouts with the recognitions that they serve, and what commands address. */
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { layouts } from "../../../layouts/registry.ts";
import type { DescribedCommand } from "../../../sim/nvme/describe_command.ts";
import {
  recognitions,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";
import { BARS } from "../nvme/command_lab.ts";

const KIB = 1024;
export const MIB = 1024 * KIB;

/** What the layouts of the pairs are placed on. */
export const lp64 = findAbi("lp64");

/** Every layout with each recognition that it can serve on lp64. */
export const PAIRS = layouts.flatMap((layout) =>
  recognitions.flatMap((recognition) => {
    const limits = layoutLimits(layout, lp64);
    return isUnsupported(limits) ||
        isUnsupported(
          servesRecognition(layout, { abi: lp64, recognition: recognition }),
        ) ||
        // rlist_8 has a 32-bit page frame: 44 bits do not reach the BARs.
        limits.lastAddress < BigInt(BARS[1]) + BigInt(4 * MIB)
      ? []
      : [{ layout: layout.name, recognition }];
  })
);

/** One layout for each recognition. */
export const ONE_EACH = PAIRS.filter(({ layout, recognition }) =>
  layout === (recognition === "map_first" ? "dma_vec" : "phys_flags")
);

/** Commands joined where only the number of bios or requests differs. */
export function addresses(commands: readonly DescribedCommand[]) {
  return commands.flatMap(({ pages }) => pages);
}
