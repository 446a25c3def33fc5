import { assertEquals, assertStringIncludes } from "@std/assert";
import { readResult } from "../../../bench/result/read_result.ts";
import { inFolder, lab } from "../lab_in_process.ts";

Deno.test("lab run --placement reads what --placement-log wrote: all figures are the same again", async () => {
  await inFolder(async (folder) => {
    const run = async (words: string[], name: string) => {
      const { status, err } = await lab([
        ...["run", "--layout", "phys_packed", "--rounds", "0", "--quiet"],
        ...["--ios", "60", "--json", `${folder}/${name}`, ...words],
      ]);
      assertEquals([status, err], [0, ""]);
      const text = await Deno.readTextFile(`${folder}/${name}`);
      return readResult(text, name);
    };
    // Host, P2P and mixed memory, reads and writes of many sizes.
    const drawn = await run([
      ...["--workload", "mixed-bs", "--iolog", `${folder}/mixed.log`],
      ...["--placement-log", `${folder}/mixed.runs`],
    ], "drawn.json");
    const recorded = await run([
      ...["--workload", `${folder}/mixed.log`],
      ...["--placement", `${folder}/mixed.runs`],
    ], "recorded.json");
    const figures = (result: typeof drawn) =>
      result.cells[0]?.layouts.map(({ name, counts }) => [name, counts]);
    assertEquals(figures(recorded), figures(drawn));
    assertStringIncludes(
      recorded.cells[0]?.placement ?? "",
      `as recorded in ${folder}/mixed.runs: `,
    );
    // What JSON has of it is no list of runs.
    const { recorded: kept } = recorded.config.placement as {
      recorded: Record<string, unknown>;
    };
    assertEquals([kept.ios, String(kept.sha256).length], [60, 64]);
  });
});

Deno.test("lab refuses a recording of other I/Os before anything runs", async () => {
  await inFolder(async (folder) => {
    const runs = `${folder}/runs.txt`;
    await Deno.writeTextFile(runs, "1 R 8 4096 0x1000 4096\n");
    const HOT = ["--workload", "4k-hot"];
    const CASES: [string[], string][] = [
      [["--placement", runs], "among the 1 of "],
      [["--placement", "scatterd"], 'placement "scatterd" (nearest: "scatter'],
      [["--placement", `${folder}/none`], 'none": no such file, expected a'],
      [
        [...HOT, "--placement", runs, "--placement-log", runs],
        "that is read as",
      ],
      [
        ["--placement-log", "-", "--workload", "4k-hot"],
        "expected a file path",
      ],
    ];
    for (const [words, message] of CASES) {
      const { status, out, err } = await lab(["run", "--quiet", ...words]);
      assertEquals([status, out], [2, ""], err);
      assertStringIncludes(err, message);
    }
    const explained = await lab([
      ...["explain", "--placement", runs, "--workload", "4k-hot"],
    ]);
    assertEquals(explained.status, 2);
    assertStringIncludes(
      explained.err,
      "expected a recording of the same I/Os",
    );
  });
});
