/**
 * A cell of a sweep: one workload on one machine with one P2P detection, whose
 * layouts are compared, as in a run of the lab. Its id is made from its setup
 * alone, and so the same on every machine and in every plan.
 */
import { createHash } from "node:crypto";
import { layouts } from "../../layouts/registry.ts";
import type { RunOptions } from "../run/options.ts";
import { sortedJson } from "../text/sorted_json.ts";
import { RUN_FIELDS } from "../setup/options.ts";
import { PLAN_FIELDS, setupText } from "./plan_fields.ts";

/** What is made of a cell: figures that are exact, and times. */
export const JOB_KINDS = ["exact", "timed"] as const;

export type JobKind = (typeof JOB_KINDS)[number];

export interface SweepCell {
  /** Words to be recognised by, and a digest of the setup. */
  readonly id: string;
  /** The setup, complete, with one value of each list but the layouts. */
  readonly setup: RunOptions;
  /** What a reader calls its values, by the names of the plan's fields. */
  readonly axes: Readonly<Record<string, string>>;
  /** Layouts that take part, as far as that is known before it is run. */
  readonly paths: number;
  readonly jobs: readonly JobKind[];
}

/** A combination of a plan that is not a cell. */
export interface LeftOutCell {
  /** Its values, by the names of the plan's fields. */
  readonly axes: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** Hexadecimal digits of an id's digest: 48 bits. */
const DIGEST_DIGITS = 12;
const LONGEST_WORD = 24;
const WORDS = ["workload", "abi", "recognition", "kernel", "engine", "cpu"];
/** Where things are kept, and how much memory there is, changes no figure. */
const NOT_IDENTIFYING = ["memoryBytes", "nativeCache"];

/**
 * Returns the id of a cell.
 *
 * @returns Words and digits that any file system takes, 200 at most.
 */
export function cellId(setup: RunOptions): string {
  const words = PLAN_FIELDS.filter(({ name }) => WORDS.includes(name))
    .map((of) => setupText(of, setup)).filter((text) => text !== "default")
    .map((text) =>
      text.replace(/^.*[\\/]/, "").replace(/[^A-Za-z0-9_.-]+/g, "_")
        .slice(0, LONGEST_WORD)
    );
  return `${words.join("-").replace(/^\.+/, "")}-${setupDigest(setup)}`;
}

/** Nor does anything of how it is timed, where nothing is. */
const TIMING = RUN_FIELDS.filter(({ note }) => note.isTiming)
  .map(({ path: [key] }) => key);

/**
 * Returns a digest of a setup: equal for setups that say the same, of exact
 * figures alone where there are no rounds.
 */
function setupDigest(setup: RunOptions): string {
  const left = setup.rounds === 0
    ? [...NOT_IDENTIFYING, ...TIMING]
    : NOT_IDENTIFYING;
  const identifying = Object.fromEntries(
    Object.entries(setup).filter(([key]) => !left.includes(key)),
  );
  return digestOf(identifying).slice(0, DIGEST_DIGITS);
}

/**
 * Returns the SHA-256 of a value, whatever the order of its keys.
 *
 * @returns Hexadecimal digits.
 */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(sortedJson(value)).digest("hex");
}

export function inRegistryOrder(
  chosen: RunOptions["layouts"],
): RunOptions["layouts"] {
  const names = layouts.map(({ name }) => name);
  const rank = (one: RunOptions["layouts"][number]) =>
    typeof one === "string" ? names.indexOf(one) : names.length;
  return chosen.toSorted((a, b) => rank(a) - rank(b));
}
