/** Functions of the machine: caches, devices, faults, kernels and PCI. */
import * as lab from "../entries.ts";
import type { Entries } from "./entry.ts";
import { cpu, lp64, model } from "./working_values.ts";

const topology = () => lab.loadTopology("one_switch");
const levels = [{ name: "L1", sizeBytes: 4096, ways: 4, lineBytes: 64 }];
const stream = () => new Blob(["r 1000 8\n"]).stream();

export const MACHINE_ENTRIES: Entries = {
  // caches
  createHierarchy: {
    args: () => [{ levels, mode: "dinero", seed: 1, missClasses: true }],
  },
  createReferenceBatch: { args: () => [8] },
  parseLevelSpec: { args: () => ["L1:32KiB:8:64", { policy: "fifo" }] },
  parseCpu: { args: () => ["zen4.json", JSON.stringify(cpu)] },
  cpuPreset: { args: () => ["zen4"] },
  readAddressTrace: { args: () => ["x", stream(), { format: "din" }] },
  stallCycles: {
    args: () => [cpu, lab.createHierarchy({ levels: cpu.levels }).counts()],
    loose: ["1"],
    mayBeEmpty: ["0.notes"],
  },
  // devices and faults
  ModelledDevice: {
    args: () => [model, lab.randomStream(1, "service")],
    call: (one: never, two: never) => new lab.ModelledDevice(one, two),
    loose: ["1"],
  },
  parseDeviceModel: { args: () => ["fixed:10us"] },
  deviceModelName: { args: () => [model] },
  readFaultPlan: {
    args: () => ['{"schemaVersion": 1, "faults": []}', "plan.json"],
  },
  // kernels and PCI
  pathProfile: { args: () => ["7.2"] },
  structOffsets: { args: () => ["7.2", lp64, "bio"] },
  recordedOffsets: { args: () => [lab.recordedKernels[0], "bio"] },
  parsePaholeOffsets: { args: () => ["struct s {\n};\n"] },
  bytesSource: { args: () => ["x", new Uint8Array(4)] },
  parsePlacement: { args: () => ["x", "1 R 8 4096 0x1000 4096", "00"] },
  parsePciAddress: { args: () => ["0000:01:00.0"] },
  loadTopology: { args: () => ["one_switch"] },
  readTopologyFile: {
    args: () => [
      `{ "schemaVersion": 1, "name": "small",
        "cpu": { "vendor": "intel", "family": 6 },
        "dram": [{ "startPhys": "0x100000000", "size": "256MiB" }],
        "hostBridges": [{ "rootBus": "0x00" }],
        "functions": [
          { "address": "00:00.0", "kind": "host", "id": "8086:2020" }
        ] }`,
      "x.json",
    ],
  },
  topologyMemoryMap: { args: () => [topology()] },
  lspciTopology: {
    args: async () => [
      await Deno.readTextFile(
        new URL("../data/lspci/pxb.vvvnn.txt", import.meta.url),
      ),
      "lspci.txt",
      { name: "mine", cpu: { vendor: "intel", family: 6 } },
    ],
    loose: ["2.cpu"],
  },
};
