/** Whether the I/Os of a job are in its files. */
import { MOST_MAP_BLOCKS } from "./block_map.ts";
import type { JobDraft } from "./fio_draft.ts";
import { type FioPlace, jobFileError } from "./fio_lines.ts";
import type { FioRemarks } from "./fio_remarks.ts";
import type { UnplacedJob } from "./fio_setup.ts";
import type { IoJob } from "./io_job.ts";
import { leastBytes, mostBytes } from "./job_sizes.ts";

/**
 * Checks that a job's I/Os are in its files, and notes what fio does otherwise.
 *
 * @throws {SyntaxError} If no I/O is in them, or one beyond 2^53 bytes.
 */
export function checkJob(
  { job, regions }: UnplacedJob,
  section: {
    readonly at: FioPlace;
    readonly title: string;
    readonly draft: JobDraft;
    readonly remarks: FioRemarks;
  },
): void {
  if (job.replay !== null) return;
  const { at, title, draft, remarks } = section;
  const least = Math.min(...job.sizes.map(leastBytes));
  const total = regions.reduce((sum, region) => sum + region.countedBytes, 0);
  const { size } = draft;
  const asked = size !== null && "bytes" in size ? size.bytes : 0;
  const bytes = asked > 0 ? Math.min(asked, total) : total;
  if (bytes < least) {
    throw jobFileError(
      at,
      `an I/O of ${least} bytes in a size of ${bytes}`,
      `job "${title}" to have a size that holds its I/Os`,
    );
  }
  const isTooFar = ({ startBytes, sizeBytes }: typeof regions[number]) =>
    startBytes + sizeBytes > Number.MAX_SAFE_INTEGER;
  if (regions.some(isTooFar)) {
    const found = `offset ${regions[0]?.startBytes}`;
    throw jobFileError(at, found, `job "${title}" to end below 2^53`);
  }
  const longest = Math.max(...regions.map(({ sizeBytes }) => sizeBytes));
  if (job.usesMap && needsMap(job) && longest / least > MOST_MAP_BLOCKS) {
    remarks.noMap.push(title);
  }
  if (job.pattern === "randtrimwrite" && job.offsetBytes > 0) {
    remarks.quirks.add(
      `job "${title}": fio before 3.41 adds the offset of a randtrimwrite ` +
        "to its writes once more",
    );
  }
}

/** Whether random I/Os of different sizes are kept apart by a map alone. */
function needsMap({ pattern, distribution, sizes }: IoJob): boolean {
  return pattern.startsWith("rand") && distribution.kind === "random" &&
    new Set(sizes.flatMap((of) => [leastBytes(of), mostBytes(of)])).size > 1;
}
