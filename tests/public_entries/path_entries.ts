/** Functions of paths, and what is given to them. */
import * as lab from "../entries.ts";
import type { Entries } from "./entry.ts";
import { cpu, layout, limits, lp64, map, model } from "./working_values.ts";

const pathOptions = {
  layout,
  abi: lp64,
  kernel: "7.2",
  recognition: "page",
  limits,
  map,
  depth: 4,
  batch: 2,
  submitter: "user",
  settings: { tags: 64 },
  controller: { sgl: true },
};
const assembly = () => {
  const data = new lab.PhysicalMemory(map);
  return {
    data,
    assembly: lab.assemblePath({
      ...pathOptions,
      decode: true,
      data: () => data,
    } as lab.AssemblyOptions),
  };
};
const window = async () => {
  const workload = await lab.openWorkload("4k-hot", {
    seed: 1,
    memoryMap: map,
    ios: 4,
  });
  for await (const one of workload.windows({ ios: 4, pieces: 8 })) return one;
  throw new Error("no window");
};
const plan = {
  name: "plan",
  seed: 1,
  bouncePoolBytes: 0,
  rules: [
    { kind: "tag", choice: { by: "every", every: 2, from: 0 }, times: 1 },
  ],
};

export const PATH_ENTRIES: Entries = {
  assemblePath: {
    args: () => [{ ...pathOptions, decode: false }],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers"],
  },
  assembleSimulated: {
    args: () => [
      { ...pathOptions, decode: true },
      { plan, model, seed: 1, onEnd: () => {} },
    ],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers", "1.plan.rules"],
  },
  createSimulatedReplay: {
    args: () => [
      { ...pathOptions, decode: true },
      {
        plan,
        model,
        seed: 1,
        arrivals: { kind: "even", perSecond: 10 },
        keepsLatencies: true,
      },
    ],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers", "1.plan.rules"],
  },
  dataIos: { args: async () => [await window()], loose: ["0"] },
  replay: {
    args: async () => [
      assembly().assembly,
      await window(),
      Int32Array.of(0, 1),
    ],
    loose: ["0", "1"],
  },
  verifyReplay: {
    args: async () => {
      const { assembly: made, data } = assembly();
      return [made, await window(), {
        ios: Int32Array.of(0, 1),
        data,
        salt: 0,
        firstIo: 0,
        digests: new Int32Array(4),
      }];
    },
    loose: ["0", "1"],
  },
  tracePath: {
    args: () => [pathOptions, () => {}],
    loose: ["0.layout"],
    mayBeEmpty: ["0.map.providers"],
  },
  traceWindow: {
    args: async () => [await window(), {
      ...pathOptions,
      cpu,
      lineBytes: 64,
      singleIos: 2,
      warmUpIos: 0,
      countedIos: 2,
    }],
    loose: ["0", "1.layout"],
    mayBeEmpty: ["1.map.providers", "1.cpu.notes"],
  },
  defaultMemoryMap: {
    args: () => [true, { leastDramBytes: 4096, folioOrder: 9 }],
  },
  nvmeLimits: {
    args: () => [5, { iommu: true, sgl: true, kernel: "6.12" }],
  },
  presetLimits: { args: () => ["scsi", { kernel: "6.1" }] },
  shareOfWindow: {
    args: async () => [await window(), { worker: 0, workers: 2, batch: 1 }],
    loose: ["0"],
  },
};
