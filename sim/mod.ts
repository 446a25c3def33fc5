/**
 * The machine and the path: memory, block layer, DMA mapping, NVMe, workloads.
 *
 * @module
 */
export {
  assemblePath,
  type Assembly,
  type AssemblyOptions,
  type Submitter,
} from "./setup/assembly.ts";
export type {
  BlockEvent,
  BlockEventData,
  BlockObserver,
} from "./block/observe.ts";
export {
  type NvmeLimitOptions,
  nvmeLimits,
  presetLimits,
  QUEUE_LIMIT_PRESETS,
  type QueueLimitPreset,
  type QueueLimits,
} from "./block/queue_limits.ts";
export type { QueueSettings } from "./block/queue_settings.ts";
export type { RegisteredCapacity } from "./block/registered.ts";
export {
  ADDRESS_TRACE_FORMATS,
  type AddressTraceFormat,
  type AddressTraceOptions,
  type AddressTraceReading,
  readAddressTrace,
} from "./cache/address_trace.ts";
export { BinaryTraceWriter } from "./cache/binary_trace.ts";
export {
  type CacheLevelConfig,
  CacheLevelError,
  type HierarchyConfig,
  type ReplacementPolicy,
} from "./cache/config.ts";
export {
  type HierarchyCounts,
  type LevelCounts,
  type MissClassCounts,
  type ReferenceCounts,
} from "./cache/counts.ts";
export {
  type CacheLatency,
  type Cpu,
  cpuJsonSchema,
  type CpuLevel,
  parseCpu,
} from "./cache/cpu.ts";
export { type CacheHierarchy, createHierarchy } from "./cache/hierarchy.ts";
export { parseLevelSpec } from "./cache/level_spec.ts";
export { cpuPreset, cpuPresetNames } from "./cache/presets.ts";
export {
  createReferenceBatch,
  LARGEST_REFERENCE_BYTES,
  REFERENCE_KIND,
  type ReferenceBatch,
} from "./cache/reference.ts";
export { type StallCycles, stallCycles } from "./cache/stall.ts";
export {
  DirectMapper,
  type DirectOptions,
  MAP_RESULT,
  type MapResult,
} from "./dma/direct.ts";
export {
  DMA_ATTRIBUTE,
  DMA_DIRECTION,
  type DmaDirection,
} from "./dma/dma_attributes.ts";
export type { FaultPlan } from "./nvme/mapping_faults.ts";
export { canCoalesce, gapBitOf, gapMask, joinGapBits } from "./dma/gap.ts";
export { IOMMU_ERROR, IommuDomain, IovaState } from "./dma/iommu.ts";
export { IOVA_OPTIMAL_BYTES, type IovaOptions } from "./dma/iova.ts";
export {
  Swiotlb,
  type SwiotlbCopier,
  type SwiotlbOptions,
} from "./dma/swiotlb.ts";
export {
  SWIOTLB_SEGMENT_SLOTS,
  SWIOTLB_SLOT_BYTES,
  swiotlbMaxMappingBytes,
} from "./dma/swiotlb_limits.ts";
export { UNMAP_RECORD_BYTES, UnmapRecordPool } from "./nvme/unmap_record.ts";
export {
  type Btf,
  type BtfOptions,
  type BtfSetting,
  type BtfType,
  readBtf,
} from "./kernel/btf.ts";
export { btfPahole } from "./kernel/btf_pahole.ts";
export { abiOfBtf, structsOfBtf } from "./kernel/btf_structs.ts";
export { type ByteSource, bytesSource } from "./kernel/byte_source.ts";
export {
  parsePlacement,
  type RecordedIo,
  type RecordedPlacement,
  type RecordedRun,
  type RecordedRuns,
} from "./workload/recorded_placement.ts";
export {
  nearestProfile,
  type OwnKernel,
  ownKernel,
} from "./kernel/own_kernel.ts";
export {
  type MemberOffset,
  type ParsedStruct,
  parsePaholeOffsets,
} from "./kernel/pahole_offsets.ts";
export type { KernelStructs } from "./kernel/path_structs.ts";
export {
  DEFAULT_KERNEL,
  type NvmeLimitRules,
  type PathProfile,
  pathProfile,
  type ShallowDepth,
} from "./kernel/profile.ts";
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
  type MemoryMapOptions,
  type ProviderBar,
} from "./memory/memory_map.ts";
export type { AccessBatch } from "./trace/access_batch.ts";
export {
  ALLOCATOR_STRUCTURE,
  Footprint,
  type FootprintOptions,
  type FootprintSums,
  type FootprintTotals,
  type StructureInStage,
} from "./trace/footprint.ts";
export {
  type HeatCell,
  HeatMap,
  type HeatMapOptions,
} from "./trace/heat_map.ts";
export type { CounterAccess } from "./memory/counter_access.ts";
export type {
  ArenaPlace,
  FreelistListener,
  KernelMemory,
  KernelMemoryOptions,
  MemoryRegion,
  MemorySharing,
  ReserveOptions,
  SlabTake,
} from "./memory/kernel_memory.ts";
export { type DataPlace, PhysicalMemory } from "./memory/physical_memory.ts";
export type { RegionPart } from "./memory/region_index.ts";
export { type AccessSink, TracingView } from "./trace/tracer.ts";
export type { SubmitApi } from "./block/direct_io.ts";
export type { PathFields } from "./setup/path_fields.ts";
export type {
  IntegrityKind,
  MachineSetup,
  TopologySource,
} from "./setup/machine_setup.ts";
export {
  type ModelledLevel,
  ModelledRun,
  type ModelledStall,
  type ModelledStretch,
} from "./trace/modelled_run.ts";
export type { ControllerOptions } from "./nvme/controller.ts";
export type { IntegrityCounts } from "./nvme/integrity.ts";
export type { DecodedCounts } from "./nvme/decoding_device.ts";
export type { StreamDigest } from "./nvme/digest.ts";
export type { NvmeDevice } from "./nvme/device.ts";
export type { NvmeQueue } from "./nvme/queue.ts";
export type { OpenCounts } from "./path/open_counts.ts";
export type { Path } from "./path/path.ts";
export type { EndedElsewhere, PathCounts } from "./path/path_counts.ts";
export {
  formatPciAddress,
  mapTypeKey,
  parsePciAddress,
  type PciAddress,
} from "./pci/address.ts";
export {
  BusDecoder,
  type BusTarget,
  type OwnedBar,
  resolveBusAddress,
  TARGET,
  type Target,
} from "./pci/bus_decoder.ts";
export type { BranchCounts } from "./recognition/count_branches.ts";
export { type P2pRoute, routeP2p } from "./pci/distance.ts";
export type { HostBridgeEntry } from "./pci/host_bridge.ts";
export { P2pMapState } from "./pci/map_state.ts";
export { MAP_TYPE, type MapType, mapTypeName } from "./pci/map_type.ts";
export type { MapTypeMemory } from "./pci/map_type_cache.ts";
export { MapleRanges } from "./recognition/maple_ranges.ts";
export {
  joinP2pPieces,
  P2P_PRODUCERS,
  type P2pProducer,
  takesRanges,
} from "./workload/p2p_producer.ts";
export { P2pdma, type P2pdmaOptions } from "./pci/p2pdma.ts";
export {
  type LspciOptions,
  type LspciTopology,
  lspciTopology,
} from "./pci/lspci_topology.ts";
export { loadTopology, topologyNames } from "./pci/presets.ts";
export {
  type P2pAllocation,
  P2pDevice,
  type P2pProvider,
  pageStructBytes,
} from "./pci/provider.ts";
export {
  CROSSES_RANGE,
  NO_PROVIDER,
  type ProviderRange,
  type RangeLookup,
} from "./recognition/range_lookup.ts";
export type { RangeStructure } from "./recognition/recognise_range.ts";
export type {
  RecognitionQuestion,
  RecognitionStrategy,
} from "./recognition/recognition.ts";
export { SortedRanges } from "./recognition/sorted_ranges.ts";
export {
  type PciBar,
  type PciFunction,
  type PciHostBridge,
  Topology,
} from "./pci/topology.ts";
export type {
  AcsRedirect,
  BarDescription,
  CpuDescription,
  DramDescription,
  FunctionDescription,
  HostBridgeDescription,
  PciKind,
  TopologyDescription,
} from "./pci/topology_description.ts";
export { TopologyError, type TopologyPath } from "./pci/topology_error.ts";
export { readTopologyFile } from "./pci/topology_file.ts";
export { type TopologyJson, topologyJson } from "./pci/topology_json.ts";
export { topologyMemoryMap } from "./pci/topology_memory.ts";
export {
  CommandSetDigest,
  type CommandSetSum,
} from "./workers/command_set_digest.ts";
export { type Share, shareOfWindow } from "./workers/partition.ts";
export { type SharedWords, sharedWords } from "./memory/shared_words.ts";
export type { Probe } from "./path/probe.ts";
export { type RandomStream, randomStream } from "./random/random_stream.ts";
export {
  COUNTED_IOS,
  type ModelledFigures,
  SINGLE_IOS,
  type TraceFigures,
  traceWindow,
  type TraceWindowOptions,
  WARM_UP_IOS,
} from "./replay/trace_window.ts";
export {
  type TracedPath,
  type TracedPathOptions,
  tracePath,
} from "./replay/traced_path.ts";
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
} from "./workload/fill_window.ts";
export { Placement } from "./workload/placement.ts";
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
  type TraceOptions,
  type TraceReading,
} from "./workload/read_trace.ts";
export type { EventSelection, IoEvent } from "./workload/event_choice.ts";
export type { WorkloadTally, WorkloadWarning } from "./workload/tally.ts";
export type {
  TraceFormat,
  TraceInput,
  TraceReadOptions,
} from "./workload/trace_format.ts";
export { blkparseFormat } from "./workload/blkparse_format.ts";
export {
  detectFormat,
  findTraceFormat,
  TRACE_FORMATS,
} from "./workload/trace_formats.ts";
export {
  copyWindow,
  createWindow,
  type IoPart,
  type IoWindow,
  WINDOW_OP,
  type WindowCapacity,
} from "./workload/window.ts";
export { type IoSource } from "./workload/io_source.ts";
export {
  openIoSource,
  openWorkload,
  type Workload,
  workloadFolioOrder,
  type WorkloadInputs,
  type WorkloadOptions,
  workloadPlacement,
  workloadPoolBytes,
  type WorkloadReading,
  workloadSubmitter,
} from "./workload/workload.ts";
export {
  type BlktraceEvent,
  type BlktraceLetter,
  BlktraceWriter,
} from "./workload/write_blktrace.ts";
export { type IologOptions, iologText } from "./workload/write_iolog.ts";
export {
  type FioJobFile,
  type FioJobOptions,
  type FioReplay,
  parseFioJobs,
} from "./workload/fio_job.ts";
export type { FioHost } from "./workload/fio_host.ts";
export type { FioPlace } from "./workload/fio_lines.ts";
export type { BlockDistribution } from "./workload/block_order.ts";
export type { ZonedDistribution, ZoneShare } from "./workload/zoned_order.ts";
export {
  type IoJob,
  JOB_PATTERNS,
  type JobPattern,
  type JobReadBack,
  type JobReplay,
  type JobSequence,
  type JobZones,
} from "./workload/io_job.ts";
export type { JobFile } from "./workload/job_file.ts";
export type { JobFileService } from "./workload/job_file_choice.ts";
export type { JobSizes, SizeFit } from "./workload/job_sizes.ts";
export {
  type PresetSubmitter,
  WORKLOAD_PRESETS,
  type WorkloadPreset,
} from "./workload/synthetic.ts";
export {
  dataIos,
  replay,
  type VerifyOptions,
  verifyReplay,
  WrongIoError,
} from "./replay/replay.ts";
export {
  type DeviceModel,
  deviceModelName,
  ModelledDevice,
  NULL_MODEL,
  parseDeviceModel,
} from "./time/device_model.ts";
export {
  type Arrivals,
  type QueueRun,
  type QueueRunOptions,
  runQueue,
} from "./time/queue_run.ts";
export { SERVICE_TIMES, type ServiceTime } from "./time/service_time.ts";
export { type SimulatedEvent, SimulatedTime } from "./time/simulated_time.ts";
export type { RuleCount } from "./fault/armed_faults.ts";
export { endName } from "./simulation/end_name.ts";
export {
  FAULT_KINDS,
  type FaultChoice,
  type FaultKind,
  type FaultRule,
  type FaultRuleBase,
  type InjectionPlan,
  NO_FAULTS,
  TIMEOUT_ENDS,
  WRONG_COMPLETIONS,
} from "./fault/plan.ts";
export { readFaultPlan } from "./fault/plan_file.ts";
export { plannedController } from "./fault/planned_machine.ts";
export type { ProviderCounts } from "./simulation/provider_lifetimes.ts";
export type { RecoveryCounts } from "./simulation/recovery.ts";
export { assembleSimulated } from "./simulation/simulated_path.ts";
export {
  createSimulatedReplay,
  type SimulatedReplay,
  type SimulatedReplayOptions,
  type SimulatedWindow,
  type SimulationReport,
} from "./simulation/simulated_replay.ts";
export type {
  IoEnd,
  MissingBytes,
  SimulatedPath,
  SimulationCounts,
  SimulationOptions,
  SubmitPlace,
} from "./simulation/simulation.ts";
