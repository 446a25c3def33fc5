/** Replays files of rows through a model and counts what is exact. */
import { compareRow } from "./compare.ts";
import { guardedReplay } from "./guarded_replay.ts";
import type { OracleFile } from "./oracle_row.ts";
import type { Replay, ReplayFactory } from "./replay.ts";
import type {
  OracleDifference,
  OracleFileResult,
  OracleResult,
} from "./result.ts";
import { listOracleFiles, readOracleFile } from "./rows.ts";

const SHOWN_DIFFERENCES = 5;

/** @returns How many rows are covered and exact, and why the others are not. */
export function replayFile(
  file: OracleFile,
  replay: Replay,
): OracleFileResult {
  const reasons: Record<string, number> = {};
  const open: Record<string, number> = {};
  const differences: OracleDifference[] = [];
  let covered = 0;
  let exact = 0;
  const count = (reason: string) => {
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  for (const row of file.rows) {
    const run = file.runs.get(row.run);
    if (run === undefined) {
      throw new RangeError(
        `Cannot replay row "${row.id}": unknown run "${row.run}", expected ` +
          "one in the metadata",
      );
    }
    const replayed = replay(row, run, file.buffers);
    if (!row.repeatable) {
      count("not repeatable: two boots of the kernel gave other requests");
      continue;
    }
    if ("notCovered" in replayed) {
      count(replayed.notCovered);
      continue;
    }
    covered++;
    for (const part of replayed.open) open[part] = (open[part] ?? 0) + 1;
    const found = compareRow(file.kind, row, replayed);
    const first = found[0];
    if (first === undefined) {
      exact++;
      continue;
    }
    count(`${first.slice(0, first.indexOf(":"))} differ`);
    if (differences.length < SHOWN_DIFFERENCES) {
      differences.push({
        line: row.line,
        id: row.id,
        text: first.slice(0, 300),
      });
    }
  }
  return {
    name: file.name,
    rows: file.rows.length,
    covered,
    exact,
    open,
    reasons,
    differences,
  };
}

/**
 * @throws {RangeError} If the folder has no file of rows.
 * @throws {SyntaxError} If a file is not as documented.
 */
export async function runOracle(
  folder: string,
  factory: ReplayFactory,
): Promise<OracleResult> {
  const files: OracleFileResult[] = [];
  for (const path of await listOracleFiles(folder)) {
    const file = await readOracleFile(path);
    files.push(replayFile(file, guardedReplay(file, factory)));
  }
  return { schemaVersion: 1, files };
}
