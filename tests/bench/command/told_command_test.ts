import { assertEquals } from "@std/assert";
import { toldCommand } from "../../../bench/command/told_command.ts";
import { fixedResult } from "../report/fixed_result.ts";

Deno.test("toldCommand() is what decides figures of what was typed", () => {
  const words = ["--workload", "a b.log", "--json", "x.json", "--quiet"];
  assertEquals(toldCommand(words), "run --workload 'a b.log'");
  assertEquals(toldCommand(["--details", "run"]), undefined);
});

Deno.test("toldCommand() begins with that of the result whose options are taken", () => {
  const of = (command: unknown) => fixedResult({ config: { command } });
  const words = ["run", "--repeat", "a.json", "--builds", "2", "--force"];
  assertEquals(
    toldCommand(words, of("run --layout 'phyr' --json a.json")),
    "run --layout phyr --builds 2",
  );
  // Without one that is known the options are told one by one, elsewhere.
  for (
    const command of [undefined, 7, "sweep plan.json", "run --cc ./own/cc"]
  ) {
    assertEquals(toldCommand(words, of(command)), undefined);
  }
});
