/**
 * The machine and the path: memory, block layer, DMA mapping, NVMe, workloads.
 *
 * @module
 */
export {
  type CacheLevelConfig,
  type HierarchyConfig,
  type ReplacementPolicy,
} from "./cache/config.ts";
export {
  type HierarchyCounts,
  type LevelCounts,
  type MissClassCounts,
  type ReferenceCounts,
} from "./cache/counts.ts";
export { type CacheHierarchy, createHierarchy } from "./cache/hierarchy.ts";
export {
  createReferenceBatch,
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./cache/reference.ts";
export type { MemberOffset, ParsedStruct } from "./kernel/pahole_offsets.ts";
export {
  type KernelProfile,
  kernelProfiles,
  type RecordedKernelName,
  recordedKernels,
  recordedOffsets,
  type StructOffsets,
  structOffsets,
} from "./kernel/struct_offsets.ts";
export {
  defaultMemoryMap,
  type DramRange,
  type MemoryMap,
  type ProviderBar,
} from "./machine.ts";
export { type RandomStream, randomStream } from "./random.ts";
export {
  BATCH_ROWS,
  type BatchBuilder,
  type IoBatch,
} from "./workload/batch.ts";
export {
  type BatchPosition,
  clearWindow,
  fillWindow,
  LONGEST_DISCARD_BYTES,
  LONGEST_IO_BYTES,
  Placement,
} from "./workload/placement.ts";
export {
  DEFAULT_PLACEMENT,
  PLACEMENT_PRESETS,
  type PlacementOptions,
  placementOptions,
  placementSummary,
} from "./workload/placement_options.ts";
export {
  readTrace,
  readTraceFile,
  type TraceReading,
} from "./workload/read_trace.ts";
export type { WorkloadTally, WorkloadWarning } from "./workload/tally.ts";
export type { TraceFormat, TraceInput } from "./workload/trace_format.ts";
export { detectFormat, TRACE_FORMATS } from "./workload/trace_formats.ts";
export {
  createWindow,
  type IoWindow,
  WINDOW_OP,
  type WindowCapacity,
} from "./workload/window.ts";
export {
  openWorkload,
  type Workload,
  type WorkloadOptions,
  workloadPoolBytes,
} from "./workload/workload.ts";
export { type FioJobFile, parseFioJobs } from "./workload/fio_job.ts";
export type { BlockDistribution } from "./workload/block_order.ts";
export {
  type IoJob,
  JOB_PATTERNS,
  type JobPattern,
  type JobSizes,
} from "./workload/io_job.ts";
export { WORKLOAD_PRESETS, type WorkloadPreset } from "./workload/synthetic.ts";
