/** Builds that two results share, as they were timed once, and how it is told. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fixedCell } from "../report/fixed_result.ts";
import { resultText, runWith } from "./result_files.ts";

/** Builds of a baseline and of a layout, with times that no two of them share. */
const turned = (numbers: readonly number[], earlierBuilds = 0) => {
  const turns = ["page_offset", "phys_packed"].map((name, layout) => ({
    name,
    warm: numbers.map((build) => [100 + build, 101 + build + layout]),
    cold: numbers.map((build) => [200 + build, 202 + build + layout]),
  }));
  return resultText({
    cells: [fixedCell({
      ...{ turns, builds: numbers.length },
      timing: {
        ...{ clock: "thread CPU", cacheState: "warm", earlierBuilds },
        sliceIos: { warm: 9, cold: 1 },
      },
    })],
  });
};

const SHARED = `\
warning (shared-builds): 2 of 3 builds are in both results, timed once, which
  hides a change of time in rand4k-hot, lp64, page; run it again without
  --repeat, and compare that
`;

Deno.test("lab compare says of a result and its repetition how many builds are the same", async () => {
  const files = { "a.json": turned([0, 1]), "b.json": turned([0, 1, 2], 2) };
  const outputs = [
    "--junit",
    "@j.xml",
    "--summary",
    "@s.md",
    "--html",
    "@p.html",
  ];
  const compare = ["compare", "@a.json", "@b.json"];
  const { out, status, written } = await runWith(files, [
    ...compare,
    ...outputs,
    ...["--json", "@c.json"],
  ]);
  assertEquals(status, 0);
  assertStringIncludes(out, SHARED);
  const words =
    "2 of 3 builds are in both results, timed once, which hides a " +
    "change of time";
  assertStringIncludes(written["s.md"] ?? "", words);
  assertStringIncludes(written["p.html"] ?? "", words);
  assertStringIncludes(written["j.xml"] ?? "", `<skipped message="${words}"/>`);
  assertEquals(
    JSON.parse(written["c.json"] ?? "").comparisons[0].cells[0].sharedBuilds,
    { shared: 2, builds: 3 },
  );
});

Deno.test("lab compare finds builds that two repetitions of one run share, and none where there are none", async () => {
  const shared = async (before: string, after: string) => {
    const { out } = await runWith(
      { "a.json": before, "b.json": after },
      ["compare", "@a.json", "@b.json"],
    );
    return /shared-builds\): ([^,]*) in both/.exec(out)?.[1];
  };
  assertEquals(
    await shared(turned([0, 1, 2], 2), turned([0, 1, 3, 4], 2)),
    "2 of 4 builds are",
  );
  assertEquals(await shared(turned([0, 1]), turned([1])), "1 of 1 build is");
  assertEquals(await shared(turned([0, 1]), turned([2, 3])), undefined);
  // A file without turns may have them all.
  assertEquals(
    await shared(resultText(), turned([0, 1], 1)),
    "of 2 builds some may be",
  );
  assertEquals(await shared(resultText(), turned([0, 1])), undefined);
});
