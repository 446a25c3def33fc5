/** The study that is committed, as it is and with a timed cell that is known. */
import {
  readStudy,
  type Study,
  type StudyTimedCell,
} from "../../../bench/study/study_file.ts";

const FILE = "bench/results/study.json";
const ROOT = new URL("../../../", import.meta.url);

/** As it is committed. */
export const STUDY = readStudy(
  await Deno.readTextFile(new URL(FILE, ROOT)),
  FILE,
);

/** An interval of a tenth around its median. */
export const at = (median: number) => ({
  median,
  low: median * 0.9,
  high: median * 1.1,
});

/** The study with one timed cell of known figures. */
export function timedStudy(change: Partial<StudyTimedCell> = {}): Study {
  const timing = (
    ratio: number,
    verdict: "faster" | "no difference shown",
  ) => ({
    nsPerIo: at(100 * ratio),
    ratio: at(ratio),
    verdict,
    detectable: 0.04,
    betweenBuildSpread: 0.01,
  });
  return {
    ...STUDY,
    timed: {
      date: "2026-01-02",
      clock: "path",
      environment: { cpuModel: "Example 9000", cpuCount: 8, deno: "2.9.6" },
      warnings: [],
      cells: [{
        recognition: "segment",
        workload: "64k-mixed",
        submitter: "user",
        engine: "js",
        builds: 3,
        rounds: 12,
        noiseFloor: 0.02,
        harnessNs: { noop: 1, null_path: 5 },
        layouts: {
          page_offset: timing(1, "no difference shown"),
          phys_flags: timing(0.75, "faster"),
          len31_p2p: timing(0.98, "no difference shown"),
        },
        warnings: [],
        ...change,
      }],
    },
  };
}
