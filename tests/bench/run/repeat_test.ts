/** A run that repeats another one: its builds beside those, its exact figures. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { BASELINE } from "../../../bench/setup/baseline.ts";
import { summarise } from "../../../bench/result/summarise.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import { turnsOf } from "../../../bench/result/turns.ts";
import { jsBuildsOf, type LabRunOptions } from "../../../bench/run/options.ts";
import {
  besideEarlier,
  requireSameFigures,
} from "../../../bench/run/repeat.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import type { TimedCell } from "../../../bench/run/timed_cell.ts";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import type { Sample } from "../../../bench/statistics/sample.ts";
import { mail } from "../../../bench/report/mail.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { fixedCell, fixedLayout } from "../report/fixed_result.ts";
import "../spare_audits.ts";

/** Builds of a baseline and of a layout that takes so much longer. */
function timedBuilds(first: number, builds: number): TimedCell {
  const samples: Sample[] = [];
  for (let build = 0; build < builds; build++) {
    for (let round = 0; round < 5; round++) {
      // Each build has luck of its own, each round of each its noise.
      const luck = 1 + 0.01 * ((7 * (first + build)) % 5);
      const noise = 1 + 0.001 * ((3 * (first + build) + round) % 4);
      const turn = { build, round };
      samples.push(
        { contender: BASELINE, nsPerIo: 100 * noise, ...turn },
        { contender: "slow", nsPerIo: 110 * luck, ...turn },
      );
    }
  }
  return {
    ...{ ended: "complete", samples, cold: samples, apart: [], warmUps: [] },
    ...{ shortestNs: 4e6, takenNs: 1e9, sliceIos: { cold: 1, warm: 1 } },
    clock: "process CPU",
  };
}

Deno.test("besideEarlier() sums up as one run of all builds does", () => {
  const before = timedBuilds(0, 3);
  const turns = turnsOf({ warm: before.samples, cold: before.cold });
  const beside = besideEarlier(timedBuilds(3, 2), fixedCell({ turns }));

  const builds = new Set(beside.samples.map(({ build }) => build));
  assertEquals([...builds], [0, 1, 2, 3, 4]);
  assertEquals(beside.cold.length, 50);
  const ratioOf = (samples: readonly Sample[]) =>
    summarise(samples, { baseline: BASELINE, seed: 1 }).contenders
      .find(({ contender }) => contender === "slow")?.ratio;
  const own = ratioOf(beside.samples);
  const whole = ratioOf(timedBuilds(0, 5).samples);
  // The file has five figures of each time.
  for (const end of ["median", "low", "high"] as const) {
    assertEquals(own?.[end]?.toFixed(3), whole?.[end]?.toFixed(3));
  }
});

Deno.test("jsBuildsOf() is one of a repetition, unless more are asked for", () => {
  assertEquals(jsBuildsOf({}, true), 1);
  assertEquals(jsBuildsOf({}, false), 3);
  assertEquals([true, false].map((is) => jsBuildsOf({ builds: 7 }, is)), [
    7,
    7,
  ]);
});

Deno.test("besideEarlier() leaves alone what nothing is repeated of", () => {
  const timed = timedBuilds(0, 2);
  assertEquals(besideEarlier(timed, undefined), timed);
});

Deno.test("requireSameFigures() names the first exact figure that differs", () => {
  const cell = fixedCell();
  requireSameFigures(cell, cell, "a.json");
  const refuse = (other: ResultCell, words: string) =>
    assertThrows(
      () => requireSameFigures(cell, other, "a.json"),
      WrongAnswerError,
      words,
    );
  refuse({ ...cell, digest: "other" }, "1 exact figure differs in cell ");
  refuse({ ...cell, digest: "other" }, 'digest is "');
  const [first = fixedLayout(), ...others] = cell.layouts;
  const counts = { ...first.counts, biosPerIo: 77 };
  refuse(
    { ...cell, layouts: [{ ...first, counts }, ...others] },
    `${first.name}.counts.biosPerIo is ${first.counts.biosPerIo} in it and 77`,
  );
  refuse({ ...cell, layouts: [first] }, 'is "present" in it and null now');
});

Deno.test("lab run --repeat takes the options of a result, and its builds beside those", async () => {
  await inFolder(async (folder) => {
    const [first, second] = [join(folder, "1.json"), join(folder, "2.json")];
    const options = "--workload 4k-hot --ios 64 --layout page_offset " +
      "--abi lp64 --cpu none --rounds 1 --builds 2 --budget 0.1";
    const run = await lab([
      ...["run", ...options.split(" "), "--json", first, "--quiet"],
    ]);
    assertEquals([run.status, run.err], [0, ""]);
    const again = await lab(["--repeat", first, "--json", second, "--quiet"]);
    assertEquals([again.status, again.err], [0, ""]);
    const resultOf = async (path: string): Promise<LabResult> =>
      JSON.parse(await Deno.readTextFile(path));
    const [earlier, later] = [await resultOf(first), await resultOf(second)];

    // One build beside two, although two were asked for then.
    assertEquals(
      later.cells.map(({ workload, builds, rounds, layouts }) => [
        ...[workload, builds, rounds],
        ...layouts.map(({ name }) => name),
      ]),
      [["4k-hot", 3, 1, "page_offset"]],
    );
    const [[before], [after]] = [earlier.cells, later.cells];
    assertEquals(before?.builds, 2);
    assertEquals(after?.timing?.earlierBuilds, 2);
    assertEquals(after?.timing?.sliceIos, before?.timing?.sliceIos);
    assertEquals(after?.harness, before?.harness);
    assertEquals(after?.digest, before?.digest);
    assert((before?.turns ?? []).length >= 2);
    for (const { name, warm } of before?.turns ?? []) {
      const own = after?.turns?.find((turns) => turns.name === name);
      assertEquals(own?.warm.slice(0, 2), warm);
      assertEquals(own?.warm.length, 3);
    }
    assert(later.warnings.some(({ code }) => code === "repeated"));
    assertEquals(later.config.command, `run ${options}`);
    assertStringIncludes(again.out.replaceAll(/\s+/g, " "), "--builds 3 ");

    // The command of its mail asks for all builds, and counts the same figures.
    const file = join(folder, "mail.txt");
    const text = mail.render(later);
    assertMatch(text, /--builds\s+3\b/);
    await Deno.writeTextFile(file, text);
    const { status, out, err } = await lab(["verify", file, "--quiet"]);
    assertEquals([status, err], [0, ""], out);

    // What is typed replaces it, and is no repetition then.
    const other = await lab(["--repeat", first, "--depth", "8", "--quiet"]);
    assertEquals(other.status, 2);
    assertStringIncludes(other.err, "--depth is 32 in it and 8 now");

    await refusesOthers(earlier);
  });
});

/** What a repetition of a result refuses, most of it before anything is run. */
async function refusesOthers(result: LabResult): Promise<void> {
  const options: Partial<LabRunOptions> = {
    layouts: ["page_offset"],
    workloads: ["4k-hot"],
    abis: ["lp64"],
    cpu: "none",
    ...{ ios: 64, rounds: 1, builds: 2, budgetSeconds: 0.1 },
  };
  const repeat = { result, name: "first.json" };
  const refusedWith = (events: Parameters<typeof runLab>[1], words: string) =>
    assertRejects(() => runLab(options, events), RangeError, words);
  await refusedWith(
    { repeat, resume: repeat },
    "found an earlier run to resume and one to repeat",
  );
  const inputs = [{ name: "no/such.log", sizeBytes: 1, sha256: "00" }];
  await refusedWith(
    { repeat: { ...repeat, result: { ...result, inputs } } },
    'Cannot repeat "first.json": "no/such.log" cannot be read',
  );

  const cells = result.cells.map((cell) => ({ ...cell, digest: "other" }));
  const stages: string[] = [];
  const refused = await runLab(options, {
    repeat: { ...repeat, result: { ...result, cells } },
    onProgress: (_, stage) => stages.push(stage),
  });
  assert(refused.failure instanceof WrongAnswerError);
  assertEquals(refused.result.cells, []);
  // Other figures are found before anything is timed.
  assert(stages.length > 0);
  assertEquals(stages.filter((one) => /warm|tim/.test(one)), []);
}
