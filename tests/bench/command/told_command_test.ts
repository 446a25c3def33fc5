import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { toldCommand } from "../../../bench/command/told_command.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { inFolder, lab } from "../lab_in_process.ts";
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

Deno.test("lab run --repeat takes the options of the result", async () => {
  await inFolder(async (folder) => {
    const [first, second] = [join(folder, "1.json"), join(folder, "2.json")];
    const small = ["--workload", "randrw4k", "--ios", "16", "--budget", "0.2"];
    const { status, err } = await lab([
      ...["run", ...small, "--layout", "phyr", "--abi", "lp64"],
      ...["--rounds", "1", "--builds", "2", "--json", first, "--quiet"],
    ]);
    assertEquals([status, err], [0, ""]);
    const again = await lab(["--repeat", first, "--json", second, "--quiet"]);
    assertEquals([again.status, again.err], [0, ""]);
    const { cells, config }: LabResult = JSON.parse(
      await Deno.readTextFile(second),
    );
    // One build beside two, although two were asked for then.
    assertEquals(
      cells.map(({ workload, births, rounds, layouts }) => [
        ...[workload, births, rounds],
        ...layouts.map(({ name }) => name),
      ]),
      [["randrw4k", 3, 1, "page_offset", "phyr"]],
    );
    assertEquals(
      config.command,
      "run --workload randrw4k --ios 16 --budget 0.2 --layout phyr --abi " +
        "lp64 --rounds 1 --builds 2",
    );
    assertStringIncludes(again.out.replaceAll(/\s+/g, " "), "--builds 3 ");

    // What is typed replaces it, and is no repetition then.
    const other = await lab(["--repeat", first, "--depth", "8", "--quiet"]);
    assertEquals(other.status, 2);
    assertStringIncludes(other.err, "--depth is 32 in it and 8 now");
  });
});
