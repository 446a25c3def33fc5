import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  arrivalsName,
  parseArrivals,
  simulatedDeviceName,
  simulationSetupSchema,
} from "../../../bench/simulate/setup.ts";
import { readFieldText } from "../../../bench/setup/field_text.ts";
import { fieldsOf } from "../../../sim/text/field.ts";
import { FAULTS_HELP } from "../../../bench/simulate/faults_help.ts";
import { FAULT_KINDS } from "../../../sim/fault/plan.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";

Deno.test("parseArrivals() reads a kind and a rate", () => {
  assertEquals(parseArrivals("poisson:90000"), {
    kind: "poisson",
    perSecond: 90_000,
  });
  assertEquals(parseArrivals("even:1").kind, "even");
  assertEquals(parseArrivals("even:1e3").perSecond, 1000);
  assertEquals(parseArrivals("poisson:2k").perSecond, 2048);
  for (
    const text of ["", "even", "even:0", "even:0.5", "even:2000000000", "odd:3"]
  ) {
    assertThrows(() => parseArrivals(text), RangeError, "Cannot use arrivals");
  }
});

Deno.test("arrivalsName() and simulatedDeviceName() name what is simulated", () => {
  assertEquals(arrivalsName({}, 32), "closed:32");
  assertEquals(
    arrivalsName({ arrivals: parseArrivals("even:5") }, 1),
    "even:5",
  );
  assertEquals(simulatedDeviceName({}), "null");
});

Deno.test("a fault plan says why a file cannot be read", async () => {
  const plan = fieldsOf(simulationSetupSchema).find(({ path }) =>
    path[0] === "plan"
  );
  assert(plan !== undefined);
  await assertRejects(
    () => readFieldText(plan.note, "nowhere/plan.json"),
    RangeError,
    'Cannot read fault plan "nowhere/plan.json": no such file, expected a JSON',
  );
});

Deno.test("the help of --faults names every kind, and its example is a plan", () => {
  for (const kind of FAULT_KINDS) {
    assertEquals(FAULTS_HELP.includes(kind), true);
  }
  const from = FAULTS_HELP.indexOf("{");
  const to = FAULTS_HELP.lastIndexOf("]}") + 2;
  assertEquals(
    readFaultPlan(FAULTS_HELP.slice(from, to), "help").rules.length,
    2,
  );
  for (const line of FAULTS_HELP.split("\n")) {
    assertEquals(line.length <= 80, true, line);
  }
});
