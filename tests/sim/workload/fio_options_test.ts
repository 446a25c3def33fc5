import { assertEquals } from "@std/assert";
import { UNUSED_OPTIONS } from "../../../sim/workload/fio_options.ts";
import {
  JOB_ALIASES,
  JOB_SETTERS,
} from "../../../sim/workload/fio_settings.ts";
import { askWitness } from "../../bench/witness.ts";

function isKnown(option: string): boolean {
  return UNUSED_OPTIONS.has(option) || JOB_SETTERS.has(option) ||
    JOB_ALIASES.has(option);
}

Deno.test("options are used or unused, and aliases of used ones", () => {
  // ioengine and time_based are both: they decide a little, and not the rest.
  const both = [...JOB_SETTERS.keys(), ...JOB_ALIASES.keys()]
    .filter((option) => UNUSED_OPTIONS.has(option));
  assertEquals(both.sort(), ["ioengine", "time_based"]);
  for (const option of JOB_ALIASES.values()) {
    assertEquals(JOB_SETTERS.has(option), true, option);
  }
});

Deno.test("every option that fio tells of is known", async () => {
  const cwd = Deno.cwd();
  const names = async (...args: string[]) => {
    const told = await askWitness("fio", args, { cwd });
    return told?.out.split("\n").flatMap((line) =>
      /^\s*([\w-]+)\s*: /.exec(line)?.[1] ?? []
    );
  };
  const options = await names("--cmdhelp=all");
  if (options === undefined) return;
  const engines = await askWitness("fio", ["--enghelp"], { cwd });
  for (const engine of engines?.out.match(/^\t\S+/gm) ?? []) {
    options.push(...await names(`--enghelp=${engine.trim()}`) ?? []);
  }
  assertEquals(options.length > 250, true, `${options.length}`);
  assertEquals(options.filter((option) => !isKnown(option)), []);
});
