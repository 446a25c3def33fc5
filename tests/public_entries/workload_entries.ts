/** Functions of workloads, traces and the memory that I/Os are on. */
import * as lab from "../entries.ts";
import type { Entries } from "./entry.ts";
import { map } from "./working_values.ts";

export const WORKLOAD_ENTRIES: Entries = {
  openWorkload: {
    args: () => ["4k-hot", { seed: 1, memoryMap: map, ios: 4 }],
    mayBeEmpty: ["1.memoryMap.providers"],
  },
  openIoSource: { args: () => ["4k-hot", { seed: 1, ios: 4 }] },
  workloadPlacement: { args: () => ["4k-hot", { poolBytes: 4096 }] },
  workloadPoolBytes: { args: () => ["4k-hot", { runPages: 2 }] },
  workloadSubmitter: { args: () => ["4k-hot", { poolBytes: 4096 }] },
  placementOptions: { args: () => [{ poolBytes: 4096, p2pIoShare: 0.5 }] },
  placementSummary: { args: () => [lab.placementOptions("huge")] },
  Placement: {
    args: () => [{ folioOrder: 2 }, { seed: 1, memoryMap: map }],
    call: (one: never, two: never) => new lab.Placement(one, two),
    mayBeEmpty: ["1.memoryMap.providers"],
  },
  createWindow: { args: () => [{ ios: 2, pieces: 4 }] },
  readTrace: {
    args: () => [
      "x",
      new Blob(["fio version 3 iolog\n0 d read 0 4096\n"]).stream(),
      { format: lab.findTraceFormat("iolog"), events: "auto" },
    ],
    loose: ["2.format"],
  },
  readTraceFile: {
    args: () => ["bench/data/seq128k.iolog", { events: "auto" }],
  },
  findTraceFormat: { args: () => ["iolog"] },
  detectFormat: { args: () => [new Uint8Array(4)] },
  parseFioJobs: { args: () => ["x.fio", "[j]\nsize=1m\nrw=read\n"] },
  randomStream: { args: () => [1, "order"] },
};
