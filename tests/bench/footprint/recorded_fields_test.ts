import { assertEquals } from "@std/assert";
import { compareRecordings } from "../../../bench/footprint/compare.ts";
import { readRecordingFile } from "../../../bench/footprint/read_recording.ts";

const RECORDING = new URL(
  "../../data/footprint_fields/7.2.prp.json.gz",
  import.meta.url,
).pathname;

/**
 * Fields that the lab alone touches, each in a line that is touched anyway: it
 * finds an I/O's state by bi_private, where blkdev_bio_end_io_async() has it in
 * front of the bio (block/fops.c).
 */
const LAB_ALONE: Readonly<Record<string, readonly string[]>> = {
  "a_4k_uring_fixed, bio": ["bi_private"],
};

/** Loads and stores of the lab, for one I/O; the stages' own among them. */
const REGISTERED_4K = {
  bio: [32, 34],
  request: [35, 37],
  "nvme_iod": [16, 26],
  "nvme CQ": [4, 0],
  "nvme_queue": [23, 5],
  "queue_limits": [6, 0],
  "sbitmap_word (tags)": [2, 2],
  "blk_mq_ctx (percpu)": [3, 0],
};
const WRITE_64K = {
  bio: [69, 49],
  request: [38, 37],
  "nvme_iod": [20, 31],
  "nvme CQ": [4, 0],
  "nvme_queue": [27, 5],
  "queue_limits": [49, 0],
  "sbitmap_word (tags)": [2, 2],
  "blk_mq_ctx (percpu)": [3, 0],
};

Deno.test("the lab loads and stores the fields that a kernel was seen to", async () => {
  const { footprints } = compareRecordings([
    await readRecordingFile(RECORDING),
  ]);
  // A row of touched_fields.ts that goes, or is too many, is a name here.
  const differences = footprints.flatMap(({ workload, structures }) =>
    structures.flatMap(({ name, fields }) =>
      fields === undefined ? [] : [{ of: `${workload}, ${name}`, ...fields }]
    )
  );
  assertEquals(
    differences,
    Object.entries(LAB_ALONE).map(([of, labOnlyRead]) => ({
      of,
      kernelOnlyRead: [],
      labOnlyRead: [...labOnlyRead],
      kernelOnlyWritten: [],
      labOnlyWritten: [],
    })),
  );
  // A row whose field another row has as well is a load or store less.
  const counts = (index: number) =>
    Object.fromEntries(
      (footprints[index]?.structures ?? [])
        .filter(({ kernelLines }) => kernelLines.high > 0)
        .map(({ name, labReads, labWrites }) => [name, [labReads, labWrites]]),
    );
  assertEquals(counts(0), REGISTERED_4K);
  assertEquals(counts(2), WRITE_64K);
  // Nothing is said of structures whose fields were not recorded: all were.
  assertEquals(footprints.map(({ covered }) => covered), Array(4).fill(true));
});
