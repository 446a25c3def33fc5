/** Functions that run an experiment, or look at what one gave. */
import type { Entries } from "./entry.ts";
import { limits } from "./working_values.ts";

const result = {
  schemaVersion: 1,
  tool: { name: "bvec-lab", version: "0.1.0" },
  environment: {},
  config: {},
  seed: 1,
  warnings: [],
  cells: [],
};
const samples = [1, 2, 3, 4].map((round) => ({
  contender: "page_offset",
  build: 0,
  round,
  nsPerIo: round,
}));

export const EXPERIMENT_ENTRIES: Entries = {
  runLab: {
    args: () => [
      {
        layouts: ["phyr"],
        abis: ["lp64"],
        workloads: ["4k-hot"],
        recognitions: ["page"],
        limits,
        placement: { poolBytes: 65536 },
        cpu: "none",
        machine: { sgl: false, iommu: false, settings: { tags: 8 } },
        ios: 2,
        depth: 2,
        batch: 1,
        rounds: 0,
        builds: 1,
        seed: 1,
      },
      { onProgress: () => {}, watch: { timeoutMs: 60_000 } },
    ],
  },
  runRounds: {
    args: () => [{
      contenders: ["a"],
      builds: 1,
      rounds: 1,
      leastRounds: 1,
      seed: 1,
      budgetNs: 1,
      clock: () => 0,
      measure: () => Promise.resolve(1),
    }],
  },
  summarise: {
    args: () => [samples, {
      baseline: "page_offset",
      seed: 1,
      resamples: 10,
      permutations: 10,
    }],
    // More about a sample does no harm.
    loose: ["0.0", "0.1", "0.2", "0.3"],
  },
  compareResults: {
    args: () => [result, result, { threshold: 0.05 }],
    loose: ["0", "1"],
  },
  readResult: { args: () => [JSON.stringify(result), "x.json"] },
  readResultFile: { args: () => ["bench/fuzz/result_seed.json"] },
  captureEnvironment: { args: () => [() => null] },
};
