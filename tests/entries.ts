/**
 * Every function that checks what it is given: those of `mod.ts`, and those that
 * they are made of, which other rooms and tests call with what a user wrote.
 */
export * from "../mod.ts";
export { captureEnvironment } from "../bench/machine/environment.ts";
export { runRounds } from "../bench/statistics/run_rounds.ts";
export { summarise } from "../bench/result/summarise.ts";
export { arrayShape } from "../layouts/array_shape.ts";
export { listedStruct } from "../layouts/array_struct.ts";
export {
  cDefinitions,
  cStruct,
  cStructWithAssertions,
  cTypedefs,
} from "../layouts/c_source.ts";
export { type CStruct } from "../layouts/c_type.ts";
export { layoutData, layoutOfData } from "../layouts/layout_data.ts";
export { fieldNames, findField } from "../layouts/placed_members.ts";
export { selectLayouts } from "../layouts/registry.ts";
export { soa } from "../layouts/soa.ts";
export { sizeAndAlign } from "../layouts/place_members.ts";
export { unusedBytes } from "../layouts/struct.ts";
export { nvmeLimits } from "../sim/block/queue_limits.ts";
export { BinaryTraceWriter } from "../sim/cache/binary_trace.ts";
export { CacheLevelError } from "../sim/cache/config.ts";
export { parseLevelSpec } from "../sim/cache/level_spec.ts";
export { createReferenceBatch } from "../sim/cache/reference.ts";
export { stallCycles } from "../sim/cache/stall.ts";
export { DirectMapper } from "../sim/dma/direct.ts";
export { canCoalesce, gapMask } from "../sim/dma/gap.ts";
export { IommuDomain, IovaState } from "../sim/dma/iommu.ts";
export { Swiotlb } from "../sim/dma/swiotlb.ts";
export { swiotlbMaxMappingBytes } from "../sim/dma/swiotlb_limits.ts";
export { plannedController } from "../sim/fault/planned_machine.ts";
export { readBtf } from "../sim/kernel/btf.ts";
export { btfPahole } from "../sim/kernel/btf_pahole.ts";
export { abiOfBtf, structsOfBtf } from "../sim/kernel/btf_structs.ts";
export { bytesSource } from "../sim/kernel/byte_source.ts";
export { nearestProfile, ownKernel } from "../sim/kernel/own_kernel.ts";
export { pagePointers } from "../layouts/page_pointers.ts";
export { parsePlacement } from "../sim/workload/parse_placement.ts";
export { parsePaholeOffsets } from "../sim/kernel/pahole_offsets.ts";
export { pathProfile } from "../sim/kernel/profile.ts";
export {
  recordedKernels,
  recordedOffsets,
} from "../sim/kernel/recorded_structs.ts";
export { structOffsets } from "../sim/kernel/struct_offsets.ts";
export { PhysicalMemory } from "../sim/memory/physical_memory.ts";
export { sharedWords } from "../sim/memory/shared_words.ts";
export { UnmapRecordPool } from "../sim/nvme/unmap_record.ts";
export {
  formatPciAddress,
  mapTypeKey,
  parsePciAddress,
} from "../sim/pci/address.ts";
export { BusDecoder } from "../sim/pci/bus_decoder.ts";
export { routeP2p } from "../sim/pci/distance.ts";
export { P2pMapState } from "../sim/pci/map_state.ts";
export { mapTypeName } from "../sim/pci/map_type.ts";
export { P2pdma } from "../sim/pci/p2pdma.ts";
export { P2pDevice } from "../sim/pci/provider.ts";
export { TopologyError } from "../sim/pci/topology_error.ts";
export { topologyJson } from "../sim/pci/topology_json.ts";
export { topologyMemoryMap } from "../sim/pci/topology_memory.ts";
export { randomStream } from "../sim/random/random_stream.ts";
export { MapleRanges } from "../sim/recognition/maple_ranges.ts";
export { SortedRanges } from "../sim/recognition/sorted_ranges.ts";
export {
  dataIos,
  replay,
  verifyReplay,
  WrongIoError,
} from "../sim/replay/replay.ts";
export { tracePath } from "../sim/replay/traced_path.ts";
export { endName } from "../sim/simulation/end_name.ts";
export { assembleSimulated } from "../sim/simulation/simulated_path.ts";
export { createSimulatedReplay } from "../sim/simulation/simulated_replay.ts";
export {
  deviceModelName,
  ModelledDevice,
  parseDeviceModel,
} from "../sim/time/device_model.ts";
export { SimulatedTime } from "../sim/time/simulated_time.ts";
export { Footprint } from "../sim/trace/footprint.ts";
export { HeatMap } from "../sim/trace/heat_map.ts";
export { ModelledRun } from "../sim/trace/modelled_run.ts";
export { TracingView } from "../sim/trace/tracer.ts";
export { CommandSetDigest } from "../sim/workers/command_set_digest.ts";
export { shareOfWindow } from "../sim/workers/partition.ts";
export { blkparseFormat } from "../sim/workload/blkparse_format.ts";
export { clearWindow, fillWindow } from "../sim/workload/fill_window.ts";
export { parseFioJobs } from "../sim/workload/fio_job.ts";
export { handsRanges, joinP2pPieces } from "../sim/workload/p2p_producer.ts";
export { Placement } from "../sim/workload/placement.ts";
export {
  placementOptions,
  placementSummary,
} from "../sim/workload/placement_options.ts";
export {
  detectFormat,
  findTraceFormat,
} from "../sim/workload/trace_formats.ts";
export { copyWindow, createWindow } from "../sim/workload/window.ts";
export { openIoSource } from "../sim/workload/open_io_source.ts";
export {
  workloadPlacement,
  workloadPoolBytes,
  workloadSubmitter,
} from "../sim/workload/workload_facts.ts";
export { BlktraceWriter } from "../sim/workload/write_blktrace.ts";
export { iologText } from "../sim/workload/write_iolog.ts";
export { readTrace } from "../sim/workload/read_trace.ts";
