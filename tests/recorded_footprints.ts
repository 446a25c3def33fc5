/**
 * What I/Os touched in real kernels beside what they touch in the lab: each
 * folder of recordings is compared once, whichever tests of an isolate look.
 */
import { compareRecordings } from "../bench/footprint/compare.ts";
import {
  listRecordings,
  readRecordingFile,
} from "../bench/footprint/read_recording.ts";

type Compared = ReturnType<typeof compareRecordings>;

const folders = new Map<string, Promise<Compared>>();

/**
 * Gives what came of a folder of recordings.
 *
 * @param folder Its name below `tests/data/`.
 */
export function comparedRecordings(folder: string): Promise<Compared> {
  let compared = folders.get(folder);
  if (compared === undefined) {
    compared = compare(folder);
    folders.set(folder, compared);
  }
  return compared;
}

async function compare(folder: string): Promise<Compared> {
  const path = new URL(`./data/${folder}`, import.meta.url).pathname;
  return compareRecordings(
    await Promise.all(
      (await listRecordings(path)).map((one) => readRecordingFile(one)),
    ),
  );
}
