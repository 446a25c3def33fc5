/**
 * The tables of the pages that are made of registries: a layout or a trace
 * format that is registered is in them after `deno task docs`.
 */
import type { Source } from "../layouts/layout.ts";
import { layouts } from "../layouts/registry.ts";
import { wrap } from "./text/wrap.ts";
import { readTargets } from "./targets/targets_file.ts";
import { timingRecordSchema } from "./check/timing_record.ts";
import {
  timingMachine,
  timingMisses,
  timingTable,
} from "./check/timing_table.ts";
import { coldAnswer } from "./study/cold_answer.ts";
import { readStudy } from "./study/study_file.ts";
import { targetsMachine, targetsRows } from "./targets/targets_table.ts";
import { TRACE_FORMATS } from "../sim/workload/trace_formats.ts";

import patched from "./results/patched_kernels.json" with { type: "json" };
import timing from "./results/timing.json" with { type: "json" };
import { patchedResultSchema } from "./patched/result.ts";
import { patchedLines } from "./patched/text.ts";

/** What `deno task study` found. */
const STUDY = new URL("results/study.json", import.meta.url);
/** What `deno task bench:targets --json` found, on the machine that it names. */
const TARGETS = new URL("results/targets.json", import.meta.url);

/** Tables by the name that their block has. */
export const DOC_TABLES: Readonly<Record<string, () => string>> = {
  layouts: () =>
    markdownTable([
      ["layout", "what a segment is", "author", "date", "Message-ID or file"],
      ...layouts.map(({ name, title, source }) => [
        `\`${name}\``,
        title,
        source.author,
        source.date,
        whereToRead(source),
      ]),
    ]),
  // Made by deno task oracle --patched, which needs a compiler.
  patched: () => {
    const result = patchedResultSchema.parse(patched);
    // The control: converted sources with mainline's layout.
    const rows = result.rows.filter(({ kernel }) => kernel !== "S0");
    return `\`\`\`text\n${
      patchedLines({ ...result, rows }).join("\n")
    }\n\`\`\``;
  },
  formats: () =>
    markdownTable([
      ["`--format`", "format", "where it comes from"],
      ...TRACE_FORMATS.map(({ id, name, origin }) => [
        `\`${id}\``,
        name,
        origin,
      ]),
    ]),
  // Made by deno task check:timing, which takes an hour.
  timing: () => {
    const record = timingRecordSchema.parse(timing);
    const words = wrap(timingMachine(record), { width: 80 }).join("\n");
    const misses = timingMisses(record)
      .flatMap((text) => wrap(text, { width: 80 })).join("\n");
    return `\`\`\`text\n${words}\n\n${timingTable(record)}\n${misses}\n\`\`\``;
  },
  targets: () => {
    const path = "bench/results/targets.json";
    const file = readTargets(Deno.readTextFileSync(TARGETS), path);
    const words = wrap(targetsMachine(file), { width: 80 }).join("\n");
    return `${words}\n\n${markdownTable(targetsRows(file))}`;
  },
  // An item of a list.
  "cold caches": () => {
    const path = "bench/results/study.json";
    const text = coldAnswer(readStudy(Deno.readTextFileSync(STUDY), path));
    return wrap(text, { width: 80, indent: "  " }).join("\n");
  },
};

/** A mail by its Message-ID, linked to the archive; a file by its path. */
function whereToRead({ url, subject }: Source): string {
  if (url === undefined) return `\`${subject}\``;
  return `[\`${url.slice(url.lastIndexOf("/") + 1)}\`](${url})`;
}

/** A table as `deno fmt` leaves it: columns as wide as their widest cell. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width)))]
    .concat(body.map(line)).join("\n");
}
