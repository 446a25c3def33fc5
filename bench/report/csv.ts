/**
 * CSV (RFC 4180), one line per layout of a cell.
 *
 * Column names are the paths of the result file, units included, such as
 * `counts.bvecBytesPerIo` and `nsPerIo.median`; an empty field is "missing".
 */
import { stringify } from "@std/csv";
import type { LabResult, ResultCell, ResultLayout } from "../result.ts";
import type { Exporter } from "./exporter.ts";

/** Comma-separated values. */
export const csv: Exporter = {
  name: "csv",
  description: "one line per layout, RFC 4180, units in column names",
  render: (result) => {
    const rows = result.cells.flatMap((cell) =>
      cell.layouts.map((layout) => record(result, cell, layout))
    );
    // Counts are an open record: a column is there if any layout has it.
    const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    const ordered = [
      ...columns.filter((name) => !name.startsWith("counts.")),
      ...columns.filter((name) => name.startsWith("counts.")),
    ];
    const lines = [
      ordered,
      ...rows.map((row) => ordered.map((name) => row.get(name) ?? "")),
    ];
    return stringify(lines, { headers: false });
  },
};

function record(
  result: LabResult,
  cell: ResultCell,
  layout: ResultLayout,
): Map<string, string | number> {
  const row = new Map<string, string | number>();
  const put = (name: string, value: string | number | null | undefined) =>
    row.set(name, value ?? "");
  put("workload", cell.workload);
  put("abi", cell.abi);
  put("recognition", layout.recognition ?? cell.recognition);
  put("engine", cell.engine);
  put("kernel", cell.kernel);
  put("placement", cell.placement);
  put("digest", cell.digest);
  put("seed", result.seed);
  put("toolVersion", result.tool.version);
  for (const key of ["total", "reads", "writes", "others"] as const) {
    put(`ios.${key}`, cell.ios[key]);
  }
  put("ios.bytes", cell.ios.bytes);
  put("ios.skipped", cell.ios.skipped);
  put("births", cell.births);
  put("rounds", cell.rounds);
  put("noiseFloor.difference", cell.noiseFloor?.difference);
  put("baseline", cell.baseline);
  put("name", layout.name);
  put("bytesPerSegment", layout.bytesPerSegment);
  for (const end of ["median", "low", "high"] as const) {
    put(`nsPerIo.${end}`, layout.nsPerIo?.[end]);
  }
  put("iosPerSecond", layout.iosPerSecond);
  for (const end of ["median", "low", "high"] as const) {
    put(`ratio.${end}`, layout.ratio?.[end]);
  }
  put("verdict", layout.verdict);
  put("adjustedPValue", layout.adjustedPValue);
  put("detectable", layout.detectable);
  put("betweenBirthSpread", layout.betweenBirthSpread);
  for (const [name, value] of Object.entries(layout.counts)) {
    put(`counts.${name}`, value);
  }
  return row;
}
