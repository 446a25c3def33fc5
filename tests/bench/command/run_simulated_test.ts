import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const EXACT = [
  "run",
  "--rounds",
  "0",
  "--layout",
  "phys_packed_aligned4",
  "--workload",
  "randrw-70-30-4k",
  "--ios",
  "500",
  "--cpu",
  "none",
  "--quiet",
];

const PLAN = `{
  "schemaVersion": 1,
  "name": "test",
  "seed": 7,
  "faults": [
    {"kind": "status", "every": 100, "status": "read_error", "times": 6},
    {"kind": "timeout", "io": 42, "end": "reset"}
  ]
}`;

Deno.test("lab run --faults prints what was injected and how I/Os ended", async () => {
  await inFolder(async (folder) => {
    const plan = `${folder}/plan.json`;
    await Deno.writeTextFile(plan, PLAN);
    const result = `${folder}/result.json`;
    const { status, out } = await lab([
      ...EXACT,
      "--faults",
      plan,
      "--device-model",
      "channels:8,exp:80us",
      "--json",
      result,
      "--details",
    ]);
    assertEquals(status, 0);
    const words = out.replaceAll(/\s+/g, " ");
    assertStringIncludes(
      words,
      "simulated time, device channels:8,exp:80us, arrivals closed:32",
    );
    assertStringIncludes(words, "status 0 5 5 30 ");
    assertStringIncludes(words, "timeout 1 1 1 1 ");
    assertStringIncludes(
      words,
      "I/Os ended ENODATA OK leaks page_offset 5 495 0",
    );
    assert(out.split("\n").every((line) => line.length <= 80));
    const cell = resultSchema.parse(JSON.parse(await Deno.readTextFile(result)))
      .cells[0];
    assertEquals(cell?.simulated?.planSeed, 7);
    assertEquals(cell?.simulated?.layouts.length, 2);
    assertEquals(cell?.simulated?.layouts[0]?.counts["resets"], 1);
  });
});

Deno.test("lab run says at which line a fault plan is wrong, and runs nothing", async () => {
  await inFolder(async (folder) => {
    const plan = `${folder}/plan.json`;
    await Deno.writeTextFile(plan, PLAN.replace("read_error", "read_eror"));
    const { status, out, err } = await lab([...EXACT, "--faults", plan]);
    assertEquals([status, out], [2, ""]);
    assertStringIncludes(
      err,
      `Cannot read fault plan "${plan}": line 6, column`,
    );
    assertEquals(err.trim().split("\n").length, 1);
  });
});

Deno.test("lab run refuses device models and arrivals that it does not know", async () => {
  for (
    const [option, value, wanted] of [
      ["--device-model", "fast", "Cannot use device model"],
      ["--arrivals", "often", "Cannot use arrivals"],
    ] as const
  ) {
    const { status, err } = await lab([...EXACT, option, value]);
    assertEquals(status, 2);
    assertStringIncludes(err, wanted);
  }
});
