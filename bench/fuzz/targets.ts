/**
 * The readers that are fuzzed, all that take a file of somebody else's. A new
 * reader is an entry here.
 */
import { readAddressTrace } from "../../sim/cache/address_trace.ts";
import { parseCpu } from "../../sim/cache/cpu.ts";
import { readFaultPlan } from "../../sim/fault/plan_file.ts";
import { readTopologyFile } from "../../sim/pci/topology_file.ts";
import { parseFioJobs } from "../../sim/workload/fio_job.ts";
import { jobSource } from "../../sim/workload/io_source.ts";
import { DEFAULT_PLACEMENT } from "../../sim/workload/placement_options.ts";
import { readTrace } from "../../sim/workload/read_trace.ts";
import type { IoBatch } from "../../sim/workload/batch.ts";
import type { WorkloadTally } from "../../sim/workload/tally.ts";
import { compareResults } from "../experiment/compare_results.ts";
import { differingKeys } from "../experiment/likeness.ts";
import { readResult } from "../read_result.ts";
import { exporters } from "../report/registry.ts";
import { binaryTraces, blktraces, compressed } from "./binary_corpora.ts";
import {
  ADDRESS_TOKENS,
  BLKPARSE,
  BLKPARSE_TOKENS,
  CPU_FILES,
  CPU_TOKENS,
  DINS,
  FAULT_PLANS,
  FAULT_TOKENS,
  IOLOG_TOKENS,
  IOLOGS,
  JOB_FILES,
  JOB_TOKENS,
  LACKEYS,
  MQSIM,
  MSR,
  MSR_TOKENS,
  RESULT_TOKENS,
  RESULTS,
  TOPOLOGIES,
  TOPOLOGY_TOKENS,
} from "./corpora.ts";
import { type FuzzTarget, requireCount, requirePrintable } from "./target.ts";

/** Batches that are taken of a generator, which may go on for ever. */
const MOST_BATCHES = 2;

/** Name of the input in messages; a name is data, too. */
const NAME = "input";

const SYNTAX = ["SyntaxError"];

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  // In two parts, so that every line and record can lie across a border.
  const middle = bytes.length >> 1;
  yield await Promise.resolve(bytes.subarray(0, middle));
  yield bytes.subarray(middle);
}

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

async function readIos(bytes: Uint8Array): Promise<void> {
  const trace = await readTrace(NAME, once(bytes));
  for await (const batch of trace.batches) requireBatch(batch);
  requireTally(trace.tally);
  for (const { message } of trace.warnings) {
    requirePrintable("a warning", message);
  }
}

async function readJobs(bytes: Uint8Array): Promise<void> {
  const { jobs, warnings } = parseFioJobs(NAME, decode(bytes));
  for (const { message } of warnings) requirePrintable("a warning", message);
  const source = jobSource(jobs, {
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
  const trace = await readAddressTrace(NAME, once(bytes));
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

/** All readers. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: "iolog",
    errors: SYNTAX,
    seeds: [...IOLOGS, ...IOLOGS.slice(0, 1).map(compressed)],
    tokens: IOLOG_TOKENS,
    read: readIos,
  },
  {
    name: "blkparse",
    errors: SYNTAX,
    seeds: BLKPARSE,
    tokens: BLKPARSE_TOKENS,
    read: readIos,
  },
  {
    name: "blktrace",
    errors: SYNTAX,
    seeds: blktraces(),
    tokens: [],
    read: readIos,
  },
  {
    name: "msr",
    errors: SYNTAX,
    seeds: MSR,
    tokens: MSR_TOKENS,
    read: readIos,
  },
  { name: "mqsim", errors: SYNTAX, seeds: MQSIM, tokens: [], read: readIos },
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
    name: "lackey",
    errors: SYNTAX,
    seeds: LACKEYS,
    tokens: ADDRESS_TOKENS,
    read: readAddresses,
  },
  {
    name: "din",
    errors: SYNTAX,
    seeds: DINS,
    tokens: ADDRESS_TOKENS,
    read: readAddresses,
  },
  {
    name: "bvat",
    errors: SYNTAX,
    seeds: binaryTraces(),
    tokens: [],
    read: readAddresses,
  },
];
