/**
 * The result file itself, for programs.
 */
import { printableJson } from "../../sim/text/printable.ts";
import type { Exporter } from "./exporter.ts";

/** The versioned JSON of `bench/result/result_schema.ts`. */
export const json: Exporter = {
  name: "json",
  description: "the result file itself",
  render: (result) => printableJson(JSON.stringify(result, null, 2)) + "\n",
};
