/**
 * Which I/Os a run is of, and where their buffers are. Fields as in
 * `run_fields.ts`.
 */
import { z } from "zod";
import { someOf, someText, wholeNumber } from "../../layouts/option_check.ts";
import { field } from "../../sim/text/field.ts";
import { DEFAULT_WORKLOADS, WORKLOAD_NAMES } from "./default_workloads.ts";
import {
  anyText,
  countText,
  FieldTextError,
  listOf,
  textOf,
} from "../../sim/text/field_text.ts";
import { printableLine } from "../../sim/text/printable.ts";
import {
  EVENT_SELECTIONS,
  type EventSelection,
} from "../../sim/workload/event_choice.ts";
import {
  PLACEMENT_PRESETS,
  type PlacementOptions,
} from "../../sim/workload/placement_options.ts";
import {
  findTraceFormat,
  TRACE_FORMATS,
} from "../../sim/workload/trace_formats.ts";
import { PLACEMENT_FILE, placementText } from "./placement_text.ts";

/** Which I/Os a run is of. */
export interface WorkloadFields {
  /**
   * Names of shipped iologs and presets, or paths of files; if absent, those of
   * `DEFAULT_WORKLOADS`, the first 1024 I/Os of each.
   */
  readonly workloads: readonly string[];
  /** The first reads and writes of each workload; all of them if absent. */
  readonly ios?: number;
  /** Format of all traces; detected from their content if absent. */
  readonly format?: string;
  /** Events of block traces that are I/Os; the best ones if absent. */
  readonly events?: EventSelection;
  /** Where buffers are; the workload's own placement if absent. */
  readonly placement?: string | Partial<PlacementOptions>;
}

const eventText = textOf((text) => {
  const found = EVENT_SELECTIONS.find((known) =>
    known.toLowerCase() === text.toLowerCase()
  );
  if (found !== undefined) return found;
  throw new FieldTextError(
    `"${text}"`,
    `one of ${EVENT_SELECTIONS.join(", ")}`,
  );
});

/** What no option gives: a placement's own settings, which are numbers. */
function placementNote(placement: Partial<PlacementOptions>): string {
  const { name }: { name?: unknown } = Object(placement.recorded ?? {});
  if (typeof name === "string") {
    return `Give the placement "${printableLine(name)}" with --placement as ` +
      "well.";
  }
  const settings = JSON.stringify(
    Object.fromEntries(
      Object.entries(placement).filter(([name, value]) =>
        /^\w{1,24}$/.test(name) && typeof value === "number"
      ),
    ),
  );
  return `No option gives the placement: ${settings}.`;
}

/** The fields, each with its check and its option. */
export const workloadShape = {
  workloads: field(someOf(someText()).default([...DEFAULT_WORKLOADS]), {
    flag: "--workload",
    value: "<names>",
    help: "trace files or names, comma-separated (write \\, for a comma in a " +
      `path), - for stdin (default: ${DEFAULT_WORKLOADS.join(", ")})`,
    group: "workload",
    text: listOf((names) => names),
    names: WORKLOAD_NAMES,
    isPath: true,
    one: {
      value: "<name>",
      help: "a trace file, or a name that lab run takes, - for stdin",
      text: anyText,
    },
    example: ["4k-hot", "trace.iolog"],
    native: true,
  }),
  events: field(z.enum(EVENT_SELECTIONS).optional(), {
    flag: "--events",
    value: "<letter>",
    help: "which events of a block trace count as its I/Os: Q, D, C or auto, " +
      "the best of those it has (default: auto)",
    group: "workload",
    text: eventText,
    names: EVENT_SELECTIONS,
    isUsual: (events) => events === "auto",
    example: "D",
    native: true,
  }),
  format: field(someText().optional(), {
    flag: "--format",
    value: "<name>",
    help: "format of the traces, or the format string of blkparse -f " +
      "(default: detected from content)",
    group: "workload",
    text: textOf((text) => {
      findTraceFormat(text);
      return text;
    }),
    names: TRACE_FORMATS.map(({ id }) => id),
    example: "blkparse",
    native: true,
  }),
  ios: field(wholeNumber(1, 100_000_000).optional(), {
    flag: "--ios",
    value: "<n>",
    help: "only the first N reads and writes of each workload",
    group: "workload",
    text: countText(1, 1e8),
    example: 100,
    native: true,
  }),
  // placementOptions() names the parameter.
  placement: field(
    z.custom<string | Partial<PlacementOptions>>().optional(),
    {
      flag: "--placement",
      value: "<name|file>",
      help: "where buffers are in memory: a name, or a file of physical runs " +
        "per I/O (default: the workload's)",
      group: "workload",
      text: placementText,
      names: Object.keys(PLACEMENT_PRESETS),
      file: PLACEMENT_FILE,
      unsaid: (placement) =>
        typeof placement === "string" ? [] : [placementNote(placement)],
      example: "runs",
      native: true,
    },
  ),
} satisfies Record<keyof WorkloadFields, z.ZodType>;
