import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { coldAnswer } from "../../../bench/study/cold_answer.ts";
import { readStudy, type Study } from "../../../bench/study/study_file.ts";

const FILE = new URL("../../../bench/results/study.json", import.meta.url);
const study = readStudy(await Deno.readTextFile(FILE), "study.json");

/** The study with other ratios of phys_flags by segment in C. */
function withRatios(cold: number | undefined): Study {
  const { timed } = study;
  if (timed === null) return study;
  const interval = (median: number) => ({ median, low: median, high: median });
  return {
    ...study,
    timed: {
      ...timed,
      cells: timed.cells.map((cell) => {
        const own = cell.layouts["phys_flags"];
        if (own === undefined) return cell;
        const { cold: _, ...rest } = own;
        return {
          ...cell,
          layouts: {
            ...cell.layouts,
            phys_flags: {
              ...rest,
              ratio: interval(0.875),
              ...(cold === undefined ? {} : { cold: interval(cold) }),
            },
          },
        };
      }),
    },
  };
}

Deno.test("the answer on cold caches names each ratio, warm and cold", () => {
  const said = coldAnswer(withRatios(0.25));

  // Each workload has the same two here: 0.875 and 0.25.
  assertEquals(said.match(/\d\.\d+/g), [
    ...["0.88", "0.88", "0.25", "0.25", "0.88", "0.25"],
  ]);
  assertStringIncludes(said, "`phys_flags`");
});

Deno.test("without cold times there is no such answer", () => {
  assertThrows(
    () => coldAnswer(withRatios(undefined)),
    RangeError,
    'Cannot describe cold caches: found no times of "128k-kernel"',
  );
});
