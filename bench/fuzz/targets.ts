/**
 * The readers that are fuzzed, all that take an untrusted file. A new reader is
 * an entry here.
 */
import { gzipSync } from "node:zlib";
import { ADDRESS_TRACE_ENTRIES } from "../../sim/cache/address_formats.ts";
import { readAddressTrace } from "../../sim/cache/address_trace.ts";
import { parseCpu } from "../../sim/cache/cpu.ts";
import { readFaultPlan } from "../../sim/fault/plan_file.ts";
import { readTopologyFile } from "../../sim/pci/topology_file.ts";
import { parseFioJobs } from "../../sim/workload/fio_job.ts";
import { jobSource } from "../../sim/workload/io_source.ts";
import { DEFAULT_PLACEMENT } from "../../sim/workload/placement_options.ts";
import { blkparseFormat } from "../../sim/workload/blkparse_format.ts";
import { EVENT_SELECTIONS } from "../../sim/workload/event_choice.ts";
import { readTrace, type TraceOptions } from "../../sim/workload/read_trace.ts";
import { TRACE_FORMATS } from "../../sim/workload/trace_formats.ts";
import type { IoBatch } from "../../sim/workload/batch.ts";
import type { WorkloadTally } from "../../sim/workload/tally.ts";
import { compareResults } from "../result/compare_results.ts";
import { differingKeys } from "../result/likeness.ts";
import { readResult } from "../result/read_result.ts";
import { exporters } from "../report/registry.ts";
import {
  CPU_FILES,
  CPU_TOKENS,
  FAULT_PLANS,
  FAULT_TOKENS,
  JOB_FILES,
  JOB_TOKENS,
  RESULT_TOKENS,
  RESULTS,
  SWEEP_PLANS,
  SWEEP_TOKENS,
  TOPOLOGIES,
  TOPOLOGY_TOKENS,
} from "./corpora.ts";
import { readPlan } from "../sweep/plan.ts";
import { kernelTargets } from "./kernel_targets.ts";
import { machineTargets } from "./machine_targets.ts";
import {
  type FuzzTarget,
  halves,
  requireCount,
  requirePrintable,
} from "./target.ts";

/** Batches that are taken of a generator, which may go on for ever. */
const MOST_BATCHES = 2;

/** Name of the input in messages; a name is data, too. */
const NAME = "input";

const SYNTAX = ["SyntaxError"];

function requireBatch(batch: IoBatch): void {
  for (let row = 0; row < batch.count; row++) {
    requireCount("an operation", batch.op[row]);
    requireCount("an offset", batch.offsetBytes[row]);
    requireCount("a length", batch.lengthBytes[row]);
    requireCount(
      "the end of an I/O",
      (batch.offsetBytes[row] as number) + (batch.lengthBytes[row] as number),
    );
    const time = batch.timeNs[row];
    if (!Number.isFinite(time)) requireCount("a time", time);
  }
}

function requireTally(tally: WorkloadTally): void {
  const { skipped, ...counts } = tally;
  for (const [name, count] of Object.entries(counts)) requireCount(name, count);
  for (const [reason, count] of Object.entries(skipped)) {
    requirePrintable("a reason for skipping", reason);
    requireCount(`skipped ${reason}`, count);
  }
}

async function readIos(
  bytes: Uint8Array,
  options: TraceOptions = {},
): Promise<void> {
  const trace = await readTrace(NAME, halves(bytes), options);
  for await (const batch of trace.batches) requireBatch(batch);
  requireTally(trace.tally);
  for (const { message } of trace.warnings) {
    requirePrintable("a warning", message);
  }
}

/** Plain, and declared to be of its format with any choice of events. */
function readerOf(format: typeof TRACE_FORMATS[number]) {
  return async (bytes: Uint8Array) => {
    const events = format.hasEvents
      ? EVENT_SELECTIONS[bytes.length % EVENT_SELECTIONS.length]
      : undefined;
    await readIos(bytes, {
      ...(bytes.length % 2 === 0 ? {} : { format }),
      events,
    });
  };
}

function seed(sample: string | Uint8Array): Uint8Array {
  return typeof sample === "string" ? new TextEncoder().encode(sample) : sample;
}

/** A format string, and a line that blkparse would print with it. */
const FORMATTED = "%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\\n";

async function readJobs(bytes: Uint8Array): Promise<void> {
  const { jobs, warnings } = parseFioJobs(NAME, decode(bytes));
  for (const { message } of warnings) requirePrintable("a warning", message);
  // A trace that a job replays is fuzzed as a trace.
  const source = jobSource(jobs.filter((job) => job.replay === null), {
    seed: 1,
    title: "fuzz",
    placement: DEFAULT_PLACEMENT,
  });
  let left = MOST_BATCHES;
  for await (const batch of source.batches) {
    requireBatch(batch);
    if (--left === 0) break;
  }
  requireTally(source.rows.tally);
}

async function readAddresses(bytes: Uint8Array): Promise<void> {
  const trace = await readAddressTrace(NAME, halves(bytes));
  for await (const batch of trace.batches) {
    for (let i = 0; i < batch.length; i++) {
      requireCount("size and kind", batch.sizeAndKind[i]);
    }
  }
  requireCount("skipped lines", trace.skippedLines());
}

/** A result, and everything that is made of one for people and programs. */
function readAndReport(bytes: Uint8Array): void {
  const result = readResult(decode(bytes), NAME);
  for (const { name, render } of exporters) {
    const text = render(result);
    requirePrintable(`lab report --${name}`, text);
    if (name !== "json" && /\b(NaN|undefined)\b|\[object /.test(text)) {
      const [found] = /.*(\b(NaN|undefined)\b|\[object ).*/.exec(text) ?? [];
      requireCount(`a figure of lab report --${name}: "${found}"`, NaN);
    }
  }
  differingKeys(result, KNOWN_RESULT);
  compareResults(result, KNOWN_RESULT, { threshold: 0.05 });
  compareResults(result, result, { threshold: 0.05 });
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const KNOWN_RESULT = readResult(
  decode(RESULTS[0] ?? new Uint8Array()),
  NAME,
);

export const fuzzTargets: readonly FuzzTarget[] = [
  ...TRACE_FORMATS.map((format) => ({
    name: format.id,
    // A RangeError says that there are no events to choose.
    errors: ["SyntaxError", "RangeError"],
    seeds: [
      ...format.samples.map(seed),
      // A compressed one, and one of two members.
      ...format.samples.slice(0, 1).flatMap((sample) => {
        const packed = gzipSync(seed(sample));
        return [packed, new Uint8Array([...packed, ...packed])];
      }),
    ],
    tokens: format.tokens,
    read: readerOf(format),
  })),
  {
    name: "formatted",
    errors: SYNTAX,
    seeds: [
      "  8,0    3       17     0.000104512  4711  Q   R 2048 + 8 [fio]\n" +
      "  8,0    0        0     0.000200000     0  m   N cfq 7 expired\n" +
      "  8,0    3       18     0.000105010  4711  D  FN 0 + 0 [a b] ]\n",
    ].map(seed),
    tokens: ["Q", "D", "C", "ZA", "UT", "8,0", "[fio]", "0.000104512"],
    read: (bytes) => readIos(bytes, { format: blkparseFormat(FORMATTED) }),
  },
  {
    name: "format",
    errors: ["SyntaxError", "RangeError"],
    seeds: [FORMATTED, "%T.%t %d %S %N\\n", "%d,%T,%S,%n"].map(seed),
    tokens: ["%D", "%5T", "%-3t", "%z", "%C", "%P", "%%", "\\t", "\\n", "%"],
    read: (bytes) =>
      readIos(seed("8,0 3 17 0.000104512 4711 Q R 2048 + 8 [fio]\n"), {
        format: blkparseFormat(decode(bytes)),
      }),
  },
  {
    name: "job",
    errors: SYNTAX,
    seeds: JOB_FILES,
    tokens: JOB_TOKENS,
    read: readJobs,
  },
  {
    name: "topology",
    errors: SYNTAX,
    seeds: TOPOLOGIES,
    tokens: TOPOLOGY_TOKENS,
    read: (bytes) => void readTopologyFile(decode(bytes), NAME),
  },
  {
    name: "result",
    errors: ["SyntaxError", "TypeError", "RangeError"],
    seeds: RESULTS,
    tokens: RESULT_TOKENS,
    read: readAndReport,
  },
  {
    name: "cpu",
    // The class of a hierarchy that cannot exist is a RangeError of its own.
    errors: ["SyntaxError", "RangeError", "CacheLevelError"],
    seeds: CPU_FILES,
    tokens: CPU_TOKENS,
    read: (bytes) => void parseCpu(NAME, decode(bytes)),
  },
  {
    name: "faults",
    errors: SYNTAX,
    seeds: FAULT_PLANS,
    tokens: FAULT_TOKENS,
    read: (bytes) => void readFaultPlan(decode(bytes), NAME),
  },
  {
    name: "sweep",
    errors: SYNTAX,
    seeds: SWEEP_PLANS,
    tokens: SWEEP_TOKENS,
    read: async (bytes) => void await readPlan(decode(bytes), NAME),
  },
  ...ADDRESS_TRACE_ENTRIES.map(({ name, samples, tokens }) => ({
    name,
    errors: SYNTAX,
    seeds: samples.map(seed),
    tokens: [...tokens, "ffffffffffffffff", "10000000000000000", "4097"],
    read: readAddresses,
  })),
  ...kernelTargets,
  ...machineTargets,
];
