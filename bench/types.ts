/**
 * What the public names of `mod.ts` are made of: parts of options and results,
 * each documented where it is, and the few lists that types are written with.
 * Nothing here does anything by itself.
 *
 * @module
 */
export type { ArrayShape, Locate } from "../layouts/array_shape.ts";
export type { CTextLayout } from "../layouts/c_text/layout_from_c.ts";
export type { LayoutFromCOptions } from "../layouts/c_text/options.ts";
export type { RoleReason } from "../layouts/c_text/role_candidates.ts";
export type {
  CField,
  CStruct,
  CType,
  EnumTypeName,
  FunctionPointerType,
  PointerType,
  ScalarName,
  TypedefType,
} from "../layouts/c_type.ts";
export type { CodecOptions, ReadSegment } from "../layouts/codec.ts";
export type { CopySegment } from "../layouts/copy_codec.ts";
export type {
  AddressKind,
  AddressRole,
  Arrangement,
  AskedOfLayout,
  FlagRole,
  LengthRole,
  Roles,
  Source,
  Unsupported,
} from "../layouts/layout.ts";
export type { LayoutData } from "../layouts/layout_data.ts";
export type { LayoutLimits } from "../layouts/limits.ts";
export type { DecodedSegment, SegmentPlace } from "../layouts/segment.ts";
export type { PlacedField } from "../layouts/struct.ts";
export type { Region } from "../layouts/window.ts";
export type { MemoryView } from "../layouts/word.ts";
export type { SubmitApi } from "../sim/block/direct_io.ts";
export type {
  BlockEvent,
  BlockEventData,
  BlockObserver,
} from "../sim/block/observe.ts";
export type {
  NvmeLimitOptions,
  QueueLimitPreset,
} from "../sim/block/queue_limits.ts";
export type { QueueSettings } from "../sim/block/queue_settings.ts";
export type { RegisteredCapacity } from "../sim/block/registered.ts";
export type { AddressTraceFormat } from "../sim/cache/address_formats.ts";
export type {
  AddressTraceOptions,
  AddressTraceReading,
} from "../sim/cache/address_trace.ts";
export type {
  CacheLevelConfig,
  HierarchyConfig,
  ReplacementPolicy,
} from "../sim/cache/config.ts";
export type {
  HierarchyCounts,
  LevelCounts,
  MissClassCounts,
  ReferenceCounts,
} from "../sim/cache/counts.ts";
export type { CacheLatency, CpuLevel } from "../sim/cache/cpu.ts";
export type { CacheHierarchy } from "../sim/cache/hierarchy.ts";
export type { ReferenceBatch } from "../sim/cache/reference.ts";
export type {
  FaultChoice,
  FaultRule,
  FaultRuleBase,
  InjectionPlan,
  TIMEOUT_ENDS,
  WRONG_COMPLETIONS,
} from "../sim/fault/plan.ts";
export type { OwnKernel } from "../sim/kernel/own_kernel.ts";
export type { OtherKernelName } from "../sim/kernel/struct_offsets.ts";
export type { CounterAccess } from "../sim/memory/counter_access.ts";
export type {
  ArenaPlace,
  FreelistListener,
  KernelMemory,
  MemorySharing,
  SlabTake,
} from "../sim/memory/kernel_memory.ts";
export type {
  MemoryRegion,
  ReserveOptions,
} from "../sim/memory/memory_region.ts";
export type { MemoryAccess } from "../sim/memory/memory_access.ts";
export type {
  DramRange,
  MemoryMapOptions,
  ProviderBar,
} from "../sim/memory/memory_map.ts";
export type {
  DataPlace,
  PhysicalMemory,
} from "../sim/memory/physical_memory.ts";
export type { RegionPart } from "../sim/memory/region_index.ts";
export type { SharedWords } from "../sim/memory/shared_words.ts";
export type { ControllerOptions } from "../sim/nvme/controller.ts";
export type { DecodedCounts } from "../sim/nvme/decoding_device.ts";
export type { NvmeDevice } from "../sim/nvme/device.ts";
export type { StreamDigest } from "../sim/nvme/digest.ts";
export type { IntegrityCounts } from "../sim/nvme/integrity.ts";
export type { FaultPlan } from "../sim/nvme/mapping_faults.ts";
export type { NvmeQueue } from "../sim/nvme/queue.ts";
export type { OpenCounts } from "../sim/path/open_counts.ts";
export type { EndedElsewhere, PathCounts } from "../sim/path/path_counts.ts";
export type { PciAddress } from "../sim/pci/address.ts";
export type { HostBridgeEntry } from "../sim/pci/host_bridge.ts";
export type { LspciOptions, LspciTopology } from "../sim/pci/lspci_topology.ts";
export type {
  PciBar,
  PciFunction,
  PciHostBridge,
} from "../sim/pci/topology.ts";
export type {
  AcsRedirect,
  BarDescription,
  CpuDescription,
  DramDescription,
  FunctionDescription,
  HostBridgeDescription,
  PciKind,
  TopologyDescription,
} from "../sim/pci/topology_description.ts";
export type { RandomStream } from "../sim/random/random_stream.ts";
export type { RangeStructure } from "../sim/recognition/recognise_range.ts";
export type {
  RecognitionQuestion,
  RecognitionStrategy,
} from "../sim/recognition/recognition.ts";
export type { Recognition } from "../sim/recognition/recognition_registry.ts";
export type {
  ModelledFigures,
  TraceFigures,
  TraceWindowOptions,
} from "../sim/replay/trace_window.ts";
export type { TracedPathOptions } from "../sim/replay/traced_path.ts";
export type {
  IntegrityKind,
  TopologySource,
} from "../sim/setup/machine_fields.ts";
export type { PathFields } from "../sim/setup/path_fields.ts";
export type { PathMachine } from "../sim/setup/path_machine_fields.ts";
export type { Submitter } from "../sim/setup/submitter.ts";
export type { DeviceModel } from "../sim/time/device_model.ts";
export type { Arrivals } from "../sim/time/arrivals.ts";
export type { SERVICE_TIMES, ServiceTime } from "../sim/time/service_time.ts";
export type {
  FootprintSums,
  FootprintTotals,
  StructureInStage,
} from "../sim/trace/footprint.ts";
export type {
  ModelledLevel,
  ModelledStall,
  ModelledStretch,
} from "../sim/trace/modelled_run.ts";
export type { BatchBuilder, IoBatch } from "../sim/workload/batch.ts";
export type { BlockDistribution } from "../sim/workload/block_order.ts";
export type { EventSelection, IoEvent } from "../sim/workload/event_choice.ts";
export type {
  IoJob,
  JOB_PATTERNS,
  JobPattern,
  JobReadBack,
  JobReplay,
  JobSequence,
  JobZones,
} from "../sim/workload/io_job.ts";
export type { JobFile } from "../sim/workload/job_file.ts";
export type { JobFileService } from "../sim/workload/job_file_choice.ts";
export type { JobSizes, SizeFit } from "../sim/workload/job_sizes.ts";
export type { PlacementOptions } from "../sim/workload/placement_options.ts";
export type {
  P2P_PRODUCERS,
  P2pProducer,
} from "../sim/workload/p2p_producer.ts";
export type { TraceOptions, TraceReading } from "../sim/workload/read_trace.ts";
export type {
  RecordedPlacement,
  RecordedRun,
  RecordedRuns,
} from "../sim/workload/recorded_placement.ts";
export type {
  PresetSubmitter,
  WorkloadPreset,
} from "../sim/workload/synthetic.ts";
export type { WorkloadTally, WorkloadWarning } from "../sim/workload/tally.ts";
export type {
  TraceFormat,
  TraceInput,
  TraceReadOptions,
} from "../sim/workload/trace_format.ts";
export type {
  IoPart,
  IoWindow,
  WindowCapacity,
} from "../sim/workload/window.ts";
export type {
  IoSourceOptions,
  WorkloadInputs,
  WorkloadReading,
} from "../sim/workload/open_io_source.ts";
export type {
  ZonedDistribution,
  ZoneShare,
} from "../sim/workload/zoned_order.ts";
export type {
  CellComparison,
  CompareOptions,
  LayoutComparison,
  OnlyIn,
} from "./result/compare_results.ts";
export type { SharedBuilds } from "./result/shared_builds.ts";
export { ACROSS } from "./result/likeness.ts";
export type { Across, DifferingKey } from "./result/likeness.ts";
export type { Progress } from "./statistics/run_rounds.ts";
export type { LabWarning } from "./statistics/warning.ts";
export type { CountChoice } from "./setup/count_choice.ts";
export type { Breakdown } from "./report/breakdown_text.ts";
export type { Exporter, RenderOptions } from "./report/exporter.ts";
export type {
  FootprintFigures,
  ResultCounts,
  ResultFootprint,
  ResultMachineCode,
  ResultMachineCodeBuild,
  ResultModelled,
  ResultModelledLevel,
  ResultModelledStretch,
  TouchedPerIo,
} from "./result/exact_types.ts";
export type {
  Interval,
  ResultColdTime,
  ResultHarness,
  ResultNoiseFloor,
  ResultSample,
  ResultSamples,
  ResultSlowTurns,
  ResultTiming,
  ResultTurns,
  ResultWarmUp,
  Verdict,
} from "./result/timing_types.ts";
export type {
  ResultAgreement,
  ResultCell,
  ResultIos,
  ResultLayout,
  ResultLeftOut,
} from "./result/result.ts";
export type { ResultInput } from "./files/result_input.ts";
export type { CellContender, CellPlan } from "./run/cell_plan.ts";
export type { Engine, EngineChoice } from "./setup/engine_choice.ts";
export type { IsolateOptions } from "./run/isolates.ts";
export type { LabRunEvents } from "./run/run_events.ts";
export type { ResumeFrom } from "./run/resume.ts";
export type { LayoutChoice } from "./setup/run_layouts.ts";
export type { GroupFields } from "./setup/group_fields.ts";
export type { MeasureFields } from "./setup/measure_fields.ts";
export type { WorkloadFields } from "./setup/workload_fields.ts";
export type {
  ResultFaultRule,
  ResultSimulatedLayout,
  ResultSimulation,
  SimulatedLatency,
} from "./simulate/result_types.ts";
export type { OpenArrivals, SimulationSetup } from "./simulate/setup.ts";
export type { CompleteOn } from "./setup/group_shape.ts";
export type {
  ResultAtomics,
  ResultGroup,
  ResultGroupShape,
  ResultLatency,
  ResultQueueLock,
  ResultScaling,
  ResultSent,
  ResultSharedLines,
  ResultSharing,
  ResultSizes,
  ResultWorkers,
} from "./result/group_types.ts";
