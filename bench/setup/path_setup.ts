/** What of a run's setup one path, and its I/Os, are put together from. */
import { setupWords } from "./words.ts";
import { RUN_FIELDS } from "./options.ts";
import type { LabRunOptions } from "./run_fields.ts";

/** Its keys, beside those that name what the path is of. */
const PATH_KEYS: readonly (keyof LabRunOptions)[] = [
  "kernel",
  "events",
  "format",
  "ios",
  "placement",
  "submitter",
  "api",
  "limits",
  "machine",
  "seed",
];

/**
 * Returns the part of a setup that a path is put together from.
 *
 * @param config The setup of a run, or what an untrusted file says about one.
 * @returns Its values, unchecked; what is null in JSON was not given.
 */
export function pathSetup(
  config: Readonly<Record<string, unknown>>,
): Partial<LabRunOptions> {
  return Object.fromEntries(
    PATH_KEYS.map((key) => [key, config[key]] as const)
      .filter(([, value]) => value !== undefined && value !== null),
  );
}

/**
 * Returns the options that set up one path as a run had it, for the commands
 * that send I/Os through one.
 *
 * @param config The setup of a run, or what an untrusted file says about one.
 */
export function pathWords(
  config: Readonly<Record<string, unknown>>,
): readonly string[] {
  const fields = RUN_FIELDS.filter(({ path: [key] }) =>
    PATH_KEYS.some((own) => own === key)
  );
  return setupWords(config, fields).words;
}
