/** The record of the experiment on timing, as a table. */
import { machineWords } from "../report/machine_words.ts";
import { plainTable } from "../text/plain_table.ts";
import {
  type TimingFigures,
  timingFigures,
  type TimingRecord,
  type TimingRun,
} from "./timing_record.ts";

/** Says on which machine, and by which command, the record was made. */
export function timingMachine({ machine }: TimingRecord): string {
  const { date } = machine;
  const day = typeof date === "string" ? ` from ${date.slice(0, 10)} on` : "";
  return `deno task check:timing${day}: ${machineWords(machine)}.`;
}

/** The runs of an engine and a workload; those on a very busy machine apart. */
function groupsOf({ runs }: TimingRecord): TimingRun[][] {
  const isVeryBusy = ({ load }: TimingRun) =>
    load.some((one) => one !== null && one > VERY_BUSY);
  const groups = Map.groupBy(
    [...runs.filter((run) => !isVeryBusy(run)), ...runs.filter(isVeryBusy)],
    (run) => `${run.engine} ${run.workload} ${isVeryBusy(run)}`,
  );
  return [...groups.values()];
}

/** Load from which on runs are summed up apart: ten times what CPUs do. */
const VERY_BUSY = 20;

/**
 * Sums a record up, a line for each engine and workload; runs on a very busy
 * machine have a line of their own.
 *
 * @returns The table, with a line feed at its end.
 */
export function timingTable(record: TimingRecord): string {
  const rows = groupsOf(record).map(timingFigures);
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

/** What is wanted of each engine on a machine with a load of 8 on 2 CPUs. */
const WANTED = {
  native: { twin: 0.01, halfWidth: 0.015, seconds: 60, alarms: 0.05 },
  js: { twin: 0.03, halfWidth: Infinity, seconds: Infinity, alarms: 0.05 },
} as const;

/**
 * Says which of what is wanted was not met, and at which load.
 *
 * @returns A sentence for each engine and workload that misses something; one
 *   that says so where none does.
 */
export function timingMisses(record: TimingRecord): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const missed = groupsOf(record).map(timingFigures).flatMap((row) => {
    const { twin, halfWidth, seconds, alarms } =
      WANTED[row.engine === "js" ? "js" : "native"];
    const said = [
      ...(row.worstTwin > twin
        ? [
          `A/A ${percent(row.worstTwin)} at worst and ` +
          `${percent(row.mostTwins)} in 95 of 100, wanted ${percent(twin)}`,
        ]
        : []),
      ...(row.halfWidths[1] > halfWidth
        ? [
          `half width ${percent(row.halfWidths[1])}, wanted ${
            percent(halfWidth)
          }`,
        ]
        : []),
      ...(row.mostSeconds > seconds
        ? [`${row.mostSeconds.toFixed(0)} s, wanted ${seconds}`]
        : []),
      ...(row.found < row.runs
        ? [`3 % found in ${row.found} of ${row.runs} runs`]
        : []),
      ...(row.alarms > alarms * row.twins
        ? [`${row.alarms} false alarms of ${row.twins}`]
        : []),
    ];
    return said.length === 0 ? [] : [
      `Not met by ${row.engine}, ${row.workload}, at a load of up to ${
        row.mostLoad?.toFixed(0) ?? "?"
      }: ${said.join("; ")}.`,
    ];
  });
  return missed.length === 0 ? ["All targets are met."] : missed;
}
