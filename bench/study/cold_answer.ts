/**
 * What a study says about cold caches, for the README: a sentence or two for
 * somebody who reads nothing else.
 */
import { BASELINE } from "../setup/baseline.ts";
import { timedCells } from "./figures.ts";
import type { Study } from "./study_file.ts";

/** The layout that was proposed. */
const PROPOSAL = "phys_flags";

/** Times of the proposal by segment, relative to the baseline. */
interface Ratios {
  /** Where caches have the I/O's lines. */
  readonly warm: string;
  /** Where they do not. */
  readonly cold: string;
}

/**
 * Says what a flag in the segment is worth with warm and with cold caches.
 *
 * @returns Markdown of a list's item.
 * @throws {RangeError} If the study has no such times.
 */
export function coldAnswer(study: Study): string {
  const of = (workload: string) => ratiosOf(study, workload);
  const own = of("128k-kernel");
  const registered = of("4k-1g-pool");
  const pinned = of("128k-scattered");
  return "- **With cold caches a flag in the segment saves most.** If nothing " +
    "else touches the struct pages of a buffer, the flag avoids touching them " +
    `at all: with \`${PROPOSAL}\`, the path in C takes ${own.warm} of ` +
    `\`${BASELINE}\`'s time for 128 KiB of a kernel user's own pages and ` +
    `${registered.warm} for 4 KiB out of 1 GiB of registered buffers when ` +
    `caches are warm, ${own.cold} and ${registered.cold} when they are cold. ` +
    `Pages pinned for each I/O are touched anyway: ${pinned.warm} and ` +
    `${pinned.cold}.`;
}

function ratiosOf(study: Study, workload: string): Ratios {
  const cell = timedCells(study, { engine: "native", recognition: "segment" })
    .find((one) => one.workload === workload);
  const { ratio, cold } = cell?.layouts[PROPOSAL] ?? {};
  if (ratio === undefined || cold === undefined) {
    throw new RangeError(
      `Cannot describe cold caches: found no times of "${workload}", expected ` +
        `${PROPOSAL} by segment in C, warm and cold`,
    );
  }
  return { warm: ratio.median.toFixed(2), cold: cold.median.toFixed(2) };
}
