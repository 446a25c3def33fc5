/**
 * Every speed target is measured once, beside fio and compiled C. Each is a run
 * that nothing else makes, so that no other test needs it.
 */
import { assert, assertEquals } from "@std/assert";
import { measureGroup } from "../../bench/targets/command.ts";
import { TARGET_GROUPS } from "../../bench/targets/registry.ts";

for (const group of TARGET_GROUPS) {
  const names = group.targets.map(({ name }) => name);
  Deno.test(`${names.join(", ")}: found, or why not`, async () => {
    for (const entry of await measureGroup(group, "tiny")) {
      // A figure of a tiny run says nothing; that there is one says that the
      // measurement runs.
      if (entry.value === null) assert(entry.reason, entry.name);
      else assert(Number.isFinite(entry.value) && entry.value >= 0, entry.name);
      assertEquals(entry.met === null, entry.value === null);
      // Without a compiler there is no C to be beside.
      const isBroken = /^Cannot (?!compile|find|load)/.test(entry.reason ?? "");
      assert(!isBroken, entry.reason);
    }
  });
}
