/**
 * All exporters. Adding one is: its file, its test, one line here.
 */
import { printableText } from "../../sim/text/printable.ts";
import { answer } from "./answer.ts";
import { csv } from "./csv.ts";
import type { Exporter } from "./exporter.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { mail } from "./mail.ts";
import { markdown } from "./markdown.ts";
import { text } from "./text.ts";

/**
 * The exporters, in the order in which the help lists them.
 *
 * @example The header of an empty CSV file
 * ```ts
 * import { exporters, type LabResult } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const result: LabResult = {
 *   schemaVersion: 1,
 *   tool: { name: "bvec-lab", version: "0.1.0" },
 *   environment: {},
 *   config: {},
 *   seed: 1,
 *   warnings: [],
 *   cells: [],
 * };
 * const csv = exporters.find(({ name }) => name === "csv");
 *
 * assertEquals(csv?.render(result).startsWith("workload,abi,"), true);
 * ```
 */
export const exporters: readonly Exporter[] = [
  ...[answer, text, mail, markdown, csv].map(printable),
  json,
];

export const pages: readonly Exporter<Promise<string>>[] = [html];

/** A result may be untrusted: none of its names reaches a terminal raw. */
function printable(exporter: Exporter): Exporter {
  return {
    ...exporter,
    render: (result, options) =>
      printableText(exporter.render(result, options)),
  };
}
