/** Files that say birth, as those of labs before 30 November 2026 do. */
import { assert, assertEquals } from "@std/assert";
import { readSetupFile } from "../../../bench/command/setup_file.ts";
import { withNamesOfToday } from "../../../bench/result/old_names.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { readStudy } from "../../../bench/study/study_file.ts";
import { readPlan } from "../../../bench/sweep/plan.ts";

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

Deno.test("withNamesOfToday() changes names alone, and the place of nothing", () => {
  const text = '{"note": "births", "a": ["birth"], "b": "\\"births\\": 1", ' +
    '"births" : 2, "birthday": 3, "code": "few-births"}';
  assertEquals(
    withNamesOfToday(text),
    '{"note": "births", "a": ["birth"], "b": "\\"births\\": 1", ' +
      '"builds" : 2, "birthday": 3, "code": "few-builds"}',
  );
  assertEquals(withNamesOfToday(text).length, text.length);
});
