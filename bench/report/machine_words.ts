/**
 * The machine and the runtime of a result in one sentence: measured figures
 * mean nothing without them.
 */
import { plural } from "../../sim/text/plural.ts";
import { printableLine } from "../../sim/text/printable.ts";
import type { LabResult } from "../result/result.ts";

/**
 * Names the machine, the runtime, the commit and the time of a result.
 *
 * @param environment The result's environment; what it lacks is left out.
 * @returns Words without a full stop, such as `Example 9000, 8 CPUs, Deno
 *   2.9.6`; empty if nothing is known.
 */
export function machineWords(environment: LabResult["environment"]): string {
  const known = (key: string, words: (value: string) => string) => {
    const value = environment[key];
    const text = typeof value === "string"
      ? value
      : Number.isFinite(value)
      ? String(value)
      : "";
    return text === "" ? [] : [words(printableLine(text))];
  };
  return [
    ...known("cpuModel", (name) => name),
    ...known("cpuCount", (count) => plural(Number(count), "CPU")),
    ...known("osRelease", (release) => `kernel ${release}`),
    ...known("deno", (version) => `Deno ${version}`),
    ...known("v8Flags", (flags) => `V8 with ${flags.replaceAll(",", " ")}`),
    ...known("compiler", (name) => name),
    ...known("commit", (commit) => `commit ${commit.slice(0, 12)}`),
    ...known("date", (date) => date),
  ].join(", ");
}
