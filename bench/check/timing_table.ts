/** The record of the experiment on timing, as a table. */
import { machineWords } from "../report/machine_words.ts";
import { plainTable } from "../text/plain_table.ts";
import {
  type TimingFigures,
  timingFigures,
  type TimingRecord,
  type TimingRun,
} from "./timing_record.ts";

/**
 * Says on which machine, and by which command, the record was made.
 *
 * @param record The record.
 * @returns A sentence.
 */
export function timingMachine({ machine }: TimingRecord): string {
  const { date } = machine;
  const day = typeof date === "string" ? ` from ${date.slice(0, 10)} on` : "";
  return `deno task check:timing${day}: ${machineWords(machine)}.`;
}

/** Load from which on runs are summed up apart: ten times what CPUs do. */
const VERY_BUSY = 20;

/**
 * Sums a record up, a line for each engine and workload; runs on a very busy
 * machine have a line of their own.
 *
 * @param record The record.
 * @returns The table, with a line feed at its end.
 */
export function timingTable({ runs }: TimingRecord): string {
  const isVeryBusy = ({ load }: TimingRun) =>
    load.some((one) => one !== null && one > VERY_BUSY);
  const groups = Map.groupBy(
    [...runs.filter((run) => !isVeryBusy(run)), ...runs.filter(isVeryBusy)],
    (run) => `${run.engine} ${run.workload} ${isVeryBusy(run)}`,
  );
  const rows = [...groups.values()].map(timingFigures);
  const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
  return plainTable<TimingFigures>(
    [
      { header: "engine", left: true, cell: ({ engine }) => engine },
      { header: "workload", left: true, cell: ({ workload }) => workload },
      { header: "runs", cell: (row) => `${row.runs}` },
      { header: "builds", cell: (row) => `${row.builds}` },
      { header: "s at most", cell: (row) => row.mostSeconds.toFixed(0) },
      { header: "load", cell: (row) => row.mostLoad?.toFixed(0) ?? "-" },
      { header: "A/A worst", cell: (row) => percent(row.worstTwin) },
      { header: "95 of 100", cell: (row) => percent(row.mostTwins) },
      { header: "half width", cell: (row) => percent(row.halfWidths[0]) },
      { header: "95 of 100", cell: (row) => percent(row.halfWidths[1]) },
      { header: "planted 3%", cell: (row) => `${row.planted.toFixed(3)}` },
      { header: "found", cell: (row) => `${row.found}` },
      {
        header: "false alarms",
        cell: (row) => `${row.alarms} of ${row.twins}`,
      },
      { header: "drawn", cell: (row) => percent(row.falseAlarms) },
    ],
    rows,
    { maxWidth: 150 },
  ).join("\n") + "\n";
}
