import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { readSweep } from "../../../bench/sweep/read_sweep.ts";
import { withHostLock } from "../../../bench/sweep/host_lock.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { outcomeOf, startLab } from "../command/lab_process.ts";
import { filesOf } from "./plan_rig.ts";

Deno.test("exact and timed figures are jobs of their own, and merge to one cell", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(
      at("plan.json"),
      JSON.stringify({
        axes: { layout: ["phys_packed"], workload: ["4k-hot"] },
        ...{ ios: 64, cpu: "none", rounds: 2, builds: 1, budget: "100ms" },
      }),
    );
    const words = ["sweep", at("plan.json"), "--out"];
    const exact = await lab([...words, at("exact"), "--only", "exact"]);
    assertEquals(exact.status, 0, exact.err);
    // Temporary files of its own: another sweep of this host is not waited
    // for. A variable that a test sets is every isolate's, so it is a child's.
    const timed = await outcomeOf(
      startLab([...words, at("timed"), "--only", "timed"], {
        env: { TMPDIR: folder },
      }),
    );
    assertEquals(timed.code, 0, timed.err);
    for (const kind of ["exact", "timed"]) {
      assertEquals(Object.keys(await filesOf(at(kind))).length, 1, kind);
    }
    const lacking = await lab(["merge", at("timed")]);
    assertStringIncludes(lacking.err, "missing exact/4k-hot");
    const merged = await lab([
      ...["merge", at("timed"), at("exact"), "--json", at("s.json")],
    ]);
    assertEquals([merged.status, merged.err], [0, ""]);
    assertEquals(merged.out, "plan.json: 1 cell, 1 timed\n");
    const { cells: [cell], machines } = readSweep(
      await Deno.readTextFile(at("s.json")),
      "s.json",
    );
    assertEquals(cell?.machine, 0);
    assertEquals(machines[0]?.["arch"], Deno.build.arch);
    assert((cell?.cell.layouts[1]?.ratio?.median ?? 0) > 0);
    const answered = await lab(["report", at("s.json"), "--csv"]);
    assertStringIncludes(answered.out, "phys_packed");

    // The same cell, timed again on another machine: nobody says which counts.
    for (const name of ["", "exact", "timed"]) {
      await Deno.mkdir(join(at("again"), name));
    }
    await Deno.copyFile(
      join(at("timed"), "manifest.json"),
      join(at("again"), "manifest.json"),
    );
    const [name = ""] = Object.keys(await filesOf(at("timed")));
    const path = join(at("again"), "timed", name);
    const file = JSON.parse(
      await Deno.readTextFile(join(at("timed"), "timed", name)),
    );
    file.environment.cpuModel = "another";
    await Deno.writeTextFile(path, JSON.stringify(file));
    const twice = await lab(["merge", at("timed"), at("exact"), at("again")]);
    assertEquals(twice.status, 1);
    assertStringIncludes(
      twice.err,
      "times of one cell, expected one of them to be removed",
    );
  });
});

Deno.test("what is timed has the host for itself", async () => {
  await inFolder(async (dir) => {
    const { signal } = new AbortController();
    const order: string[] = [];
    const notes: string[] = [];
    const shared = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const counting = withHostLock("shared", { signal, dir }, async () => {
      begun.resolve();
      await shared.promise;
      order.push("counted");
    });
    await begun.promise;
    const onNote = (text: string) => {
      notes.push(text);
      shared.resolve();
    };
    await withHostLock("alone", { signal, onNote, dir }, () => {
      order.push("timed");
      return Promise.resolve();
    });
    await counting;
    assertEquals(order, ["counted", "timed"]);
    assertEquals(notes, ["waiting for another sweep on this host"]);
  });
});
