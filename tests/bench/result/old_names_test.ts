/** Files that say birth, as those of labs before 30 November 2026 do. */
import { assert, assertEquals } from "@std/assert";
import { readSetupFile } from "../../../bench/command/setup_file.ts";
import { withNamesOfToday } from "../../../bench/result/old_names.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { readStudy } from "../../../bench/study/study_file.ts";
import { readCellFile } from "../../../bench/sweep/cell_file.ts";
import { readPlan } from "../../../bench/sweep/plan.ts";
import { readSweep } from "../../../bench/sweep/read_sweep.ts";

const today = await Deno.readTextFile(
  new URL("../../data/report/full_result.json", import.meta.url),
);

/** A text as an earlier lab would have written it. */
function ofBefore(text: string): string {
  return text.replaceAll(
    /"(builds?)"(?=:(?:\d|null))/g,
    (name) => name.replace("build", "birth"),
  )
    .replaceAll('"betweenBuildSpread"', '"betweenBirthSpread"')
    .replaceAll('"single-build"', '"single-birth"')
    .replaceAll('"few-builds"', '"few-births"');
}

Deno.test("a result with the names of before is read as one of today", () => {
  const before = ofBefore(today);
  for (const name of ['"births"', '"birth"', '"betweenBirthSpread"']) {
    assert(before.includes(name), name);
  }
  assertEquals(readResult(before, "a.json"), readResult(today, "a.json"));
});

Deno.test("setups, plans and studies with the names of before are read, too", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, '{"births": 4}');
    const by = { hasDevice: false, hasPlacement: false };
    assertEquals((await readSetupFile(path, by)).builds, 4);
  } finally {
    await Deno.remove(path);
  }
  const plan = '{"axes": {"abi": ["lp64"]}, "rounds": 1, "births": 2}';
  assertEquals(
    await readPlan(plan, "p.json"),
    await readPlan(plan.replace("births", "builds"), "p.json"),
  );
  const study = await Deno.readTextFile(
    new URL("../../../bench/results/study.json", import.meta.url),
  );
  assert(ofBefore(study).includes('"births":20'));
  assertEquals(
    readStudy(ofBefore(study), "s.json"),
    readStudy(study, "s.json"),
  );
});

Deno.test("sweeps and the files of their cells with the names of before are read, too", async () => {
  const { tool, cells: [cell], environment } = JSON.parse(today);
  const common = {
    ...{ schemaVersion: 1, tool, id: "c", axes: { rounds: "2" } },
    ...{ setup: { builds: 2 }, environment, cell },
  };
  const file = JSON.stringify({
    ...common,
    ...{ kind: "sweep cell", job: "timed", plan: "p", seed: 1 },
  });
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const read = async (text: string) => {
    await Deno.writeTextFile(path, text);
    return await readCellFile(path);
  };
  try {
    assert(ofBefore(file).includes('"births"'));
    assertEquals(await read(ofBefore(file)), await read(file));
  } finally {
    await Deno.remove(path);
  }
  const sweep = JSON.stringify({
    ...{ schemaVersion: 1, tool, kind: "sweep", name: "n", plan: "p" },
    ...{ axes: ["rounds"], version: "0.1.0", commit: "c", codeDigest: null },
    ...{ machines: [], complete: true, missing: [], leftOut: [] },
    ...{ dropped: 0, repeated: 0, cells: [{ ...common, machine: null }] },
  });
  assertEquals(readSweep(ofBefore(sweep), "s"), readSweep(sweep, "s"));
});

Deno.test("withNamesOfToday() changes names alone, and the place of nothing", () => {
  const text = '{"note": "births", "a": ["birth"], "b": "\\"births\\": 1", ' +
    '"births" : 2, "birthday": 3, "code": "few-births", "or": "single-birth"}';
  assertEquals(
    withNamesOfToday(text),
    '{"note": "births", "a": ["birth"], "b": "\\"births\\": 1", ' +
      '"builds" : 2, "birthday": 3, "code": "few-builds", "or": "single-build"}',
  );
  assertEquals(withNamesOfToday(text).length, text.length);
});
