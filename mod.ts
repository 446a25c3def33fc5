/**
 * bvec-lab: how the memory layout of the kernel's `struct bio_vec` changes
 * block and P2PDMA I/O.
 *
 * **Start here.** {@linkcode runLab} runs the whole comparison, as `lab run`
 * does on the command line: it takes names of layouts, ABIs and workloads, and
 * returns a {@linkcode LabResult} with the exact figures and times of each
 * layout. {@linkcode compareResults} compares two of them, and
 * {@linkcode exporters} write one as text, mail, Markdown, CSV or JSON.
 *
 * - A struct of your own: {@linkcode layoutFromC} reads C,
 *   {@linkcode defineLayout} takes a description; `runLab()` takes both.
 * - Sizes and encodings alone: {@linkcode findLayout}, {@linkcode placeStruct},
 *   {@linkcode pahole}, {@linkcode layoutLimits}, {@linkcode createCodec}.
 * - A machine: {@linkcode loadTopology}, {@linkcode lspciTopology},
 *   {@linkcode cpuPreset}, {@linkcode presetLimits}.
 * - One I/O at a time: {@linkcode openWorkload} lays its buffers out in memory,
 *   {@linkcode assemblePath} builds the path that they take, with a
 *   {@linkcode Probe} that observes each step; {@linkcode traceWindow} counts the bytes
 *   and cache lines that they touch.
 * - Caches alone: {@linkcode createHierarchy}, {@linkcode readAddressTrace}.
 *
 * Sizes are in bytes and times in nanoseconds, as their names say (`sizeBytes`,
 * `nsPerIo`). An argument of the wrong type throws a `TypeError`, one out of
 * range a `RangeError`; both say what was found and what was expected.
 * Malformed text throws a `SyntaxError` with the line. Types that only occur
 * inside these are in `@bvec/lab/types`.
 *
 * @example Two layouts, by their exact figures
 * ```ts
 * import { runLab } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const { result, failure } = await runLab({
 *   layouts: ["phys_packed"], // next to the mainline layout, page_offset
 *   workloads: ["4k-hot"],
 *   ios: 100,
 *   rounds: 0, // nothing is timed
 * });
 * assertEquals(failure, undefined);
 * const [mainline, packed] = result.cells[0]?.layouts ?? [];
 * assertEquals(mainline?.counts.bvecBytesPerIo, 16);
 * assertEquals(packed?.counts.bvecBytesPerIo, 12);
 * ```
 *
 * @module
 */
// A run, and its result.
export { type LabRun, runLab } from "./bench/run/run_lab.ts";
export type { LabRunOptions } from "./bench/run/options.ts";
export type { LabResult } from "./bench/result/result.ts";
export { resultJsonSchema } from "./bench/result/result_json_schema.ts";
export { readResult, readResultFile } from "./bench/result/read_result.ts";
export {
  compareResults,
  type ResultComparison,
} from "./bench/result/compare_results.ts";
export { exporters } from "./bench/report/registry.ts";

// Layouts.
export { type Abi, abis, findAbi } from "./layouts/abi.ts";
export { findLayout, layouts } from "./layouts/registry.ts";
export { defineLayout } from "./layouts/define_layout.ts";
export {
  isUnsupported,
  type Layout,
  type LayoutDescription,
} from "./layouts/layout.ts";
export { layoutFromC } from "./layouts/c_text/layout_from_c.ts";
export { type PlacedStruct, placeStruct } from "./layouts/struct.ts";
export { pahole } from "./layouts/pahole.ts";
export { layoutLimits } from "./layouts/limits.ts";
export { createCodec, type SegmentCodec } from "./layouts/codec.ts";
export {
  decodeSegment,
  encodeSegment,
  type Segment,
} from "./layouts/segment.ts";

// The machine.
export { defaultMemoryMap, type MemoryMap } from "./sim/memory/memory_map.ts";
export type { MachineSetup } from "./sim/setup/machine_setup.ts";
export { loadTopology, topologyNames } from "./sim/pci/presets.ts";
export { readTopologyFile } from "./sim/pci/topology_file.ts";
export { lspciTopology } from "./sim/pci/lspci_topology.ts";
export type { Topology } from "./sim/pci/topology.ts";
export { cpuPreset, cpuPresetNames } from "./sim/cache/presets.ts";
export { type Cpu, parseCpu } from "./sim/cache/cpu.ts";
export {
  presetLimits,
  QUEUE_LIMIT_PRESETS,
  type QueueLimits,
} from "./sim/block/queue_limits.ts";

// Workloads.
export { WORKLOAD_PRESETS } from "./sim/workload/synthetic.ts";
export { PLACEMENT_PRESETS } from "./sim/workload/placement_options.ts";
export { readTraceFile } from "./sim/workload/read_trace.ts";
export { TRACE_FORMATS } from "./sim/workload/trace_formats.ts";
export {
  openWorkload,
  type Workload,
  type WorkloadOptions,
} from "./sim/workload/workload.ts";

// The path.
export {
  assemblePath,
  type Assembly,
  type AssemblyOptions,
} from "./sim/setup/assembly.ts";
export type { Path } from "./sim/path/path.ts";
export type { Probe } from "./sim/path/probe.ts";
export { traceWindow } from "./sim/replay/trace_window.ts";
export { readFaultPlan } from "./sim/fault/plan_file.ts";

// Caches alone.
export { createHierarchy } from "./sim/cache/hierarchy.ts";
export { readAddressTrace } from "./sim/cache/address_trace.ts";
export { REFERENCE_KIND } from "./sim/cache/reference.ts";
