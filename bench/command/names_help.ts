/** The names that options take, listed at the end of a help text. */
import { abis } from "../../layouts/abi.ts";
import { layoutFamilies, layouts } from "../../layouts/registry.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { topologyNames } from "../../sim/pci/presets.ts";
import { recognitions } from "../../sim/recognition/recognition_registry.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import { NO_CPU } from "../setup/cpu_option.ts";
import { SHIPPED_WORKLOADS } from "../setup/default_workloads.ts";
import { entryNames } from "../setup/options.ts";
import { listedNames } from "../shell/help.ts";
import { FORMAT_NAMES } from "../shell/reader_options.ts";

export function runNamesHelp(): string {
  return namesHelp([["families", layoutFamilies()]], [
    ["CPUs", [...cpuPresetNames, NO_CPU]],
  ]);
}

export function pathNamesHelp(): string {
  return namesHelp([], []);
}

type Names = readonly (readonly [string, Iterable<string>])[];

function namesHelp(ofLayouts: Names, others: Names): string {
  return listedNames([
    ["workloads", [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()]],
    ["trace formats", FORMAT_NAMES],
    ["layouts (see lab layouts)", layouts.map(({ name }) => name)],
    ...ofLayouts,
    ["ABIs", abis.map(({ name }) => name)],
    ["P2P detections (--recognise)", recognitions],
    ["placements", Object.keys(PLACEMENT_PRESETS)],
    ["queue limits (--limit)", entryNames("--limit")],
    ["queue attributes (--setting)", entryNames("--setting")],
    ["topologies", topologyNames],
    ...others,
  ]);
}
