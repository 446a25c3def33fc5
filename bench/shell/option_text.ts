/** What the options of all commands have in common: subjects, and lists. */
import { InvalidArgumentError } from "commander";
import type { FieldGroup } from "../../sim/text/field.ts";

/** Subjects of options, as help heads them, in the order in which it does. */
export const GROUPS: Readonly<Record<FieldGroup, string>> = {
  workload: "Workload:",
  compared: "What is compared:",
  submit: "How I/O is submitted:",
  machine: "Machine:",
  simulated: "Simulated time and faults:",
  measure: "Measuring:",
  output: "Output:",
  other: "Other:",
};

/**
 * Makes a parser of comma-separated names for a commander option; the option
 * may be repeated. As with colons in fio's file names, a backslash before a
 * comma makes it part of the name.
 */
export function nameList(): (text: string, before?: string[]) => string[] {
  return (text, before = []) => {
    const names = text.split(/(?<!\\),/).map((name) =>
      name.trim().replaceAll("\\,", ",")
    );
    if (names.includes("")) {
      throw new InvalidArgumentError(
        `Found an empty name in "${text}", expected names between commas.`,
      );
    }
    return [...before, ...names];
  };
}
