/**
 * Rows of real kernels that come with the lab: each file is read and replayed
 * once, whichever tests of an isolate look at it.
 */
import type { OracleFile, OracleRow } from "../bench/oracle/oracle_row.ts";
import { pathReplay } from "../bench/oracle/path_replay.ts";
import type { NotCovered, Replay, Replayed } from "../bench/oracle/replay.ts";
import type { KeptArena } from "../sim/memory/kept_arena.ts";
import { readOracleFile } from "../bench/oracle/rows.ts";

/** The folder of all of them. */
export const ROWS = new URL("./data/kernel/rows", import.meta.url).pathname;

const files = new Map<string, Promise<OracleFile>>();
/** Memory of one file's devices after the other. */
const arenas: KeptArena[] = [];
const replays = new WeakMap<
  OracleFile,
  ReadonlyMap<OracleRow, Replayed | NotCovered>
>();

/**
 * Gives a file of rows, which no test changes.
 *
 * @param name Its name without what follows the kernel, such as `merge.6.1`.
 */
export function recordedFile(name: string): Promise<OracleFile> {
  let file = files.get(name);
  if (file === undefined) {
    file = readOracleFile(`${ROWS}/${name}.jsonl.gz`);
    files.set(name, file);
  }
  return file;
}

/**
 * Gives what pathReplay() makes of the rows of a file, all of them replayed in
 * their order.
 *
 * @param file One of `recordedFile()`, whole.
 */
export function replayedRows(file: OracleFile): Replay {
  const replayed = replays.get(file) ?? replayAll(file);
  replays.set(file, replayed);
  return (row) => {
    const found = replayed.get(row);
    if (found === undefined) throw new RangeError(`Cannot find row ${row.id}`);
    return found;
  };
}

function replayAll(file: OracleFile): Map<OracleRow, Replayed | NotCovered> {
  const replay = pathReplay(file, arenas);
  return new Map(file.rows.map((row) => {
    const run = file.runs.get(row.run);
    if (run === undefined) throw new RangeError(`Cannot find run ${row.run}`);
    return [row, replay(row, run, file.buffers)];
  }));
}
