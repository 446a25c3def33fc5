import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { inFolder, lab } from "../lab_in_process.ts";
import { filesOf } from "./plan_rig.ts";

const PLAN = JSON.stringify({
  axes: {
    layout: ["phys_packed"],
    workload: ["4k-hot"],
    depth: [1, 2, 3],
  },
  cpu: "none",
  ios: 2,
  rounds: 0,
});

/** Waits until a sweep has written a file. */
async function firstFile(folder: string): Promise<void> {
  for (;;) {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(folder)) names.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (names.some((name) => name.endsWith(".json"))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("what a killed sweep left is completed to the same bytes", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const plan = at("plan.json");
    await Deno.writeTextFile(plan, PLAN);
    await lab(["sweep", plan, "--out", at("whole"), "--jobs", "1"]);
    const whole = await filesOf(at("whole"));
    assertEquals(Object.keys(whole).length, 3);
    // One isolate, so that there is time between the files.
    const words = ["sweep", plan, "--out", at("cut"), "--jobs", "1"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", "bench/lab.ts", ...words],
      cwd: new URL("../../../", import.meta.url),
      stdout: "null",
      stderr: "null",
    }).spawn();
    await firstFile(join(at("cut"), "exact"));
    child.kill("SIGKILL");
    await child.status;
    const left = await filesOf(at("cut"));
    for (const [name, text] of Object.entries(left)) {
      if (name.endsWith(".json")) assertEquals(text, whole[name]);
    }
    const resumed = await lab([...words, "--resume"]);
    assertEquals(resumed.status, 0, resumed.err);
    const done = Object.entries(await filesOf(at("cut")))
      .filter(([name]) => name.endsWith(".json"));
    assertEquals(Object.fromEntries(done), whole);
  });
});

Deno.test("an interrupt keeps what is finished, and says 130", async () => {
  await inFolder(async (folder) => {
    const plan = join(folder, "plan.json");
    const out = join(folder, "out");
    await Deno.writeTextFile(plan, PLAN);
    const interrupt = new AbortController();
    const sweeping = lab(
      ["sweep", plan, "--out", out, "--jobs", "1"],
      interrupt.signal,
    );
    await firstFile(join(out, "exact"));
    interrupt.abort();
    const { status, err } = await sweeping;
    assertEquals(status, 130);
    assert(!err.includes("Cannot do"), err);
    const kept = Object.keys(await filesOf(out)).length;
    assert(kept >= 1 && kept < 3, `${kept} files`);
    const merged = await lab(["merge", out]);
    assertEquals(merged.status, 1);
    assertEquals(merged.err.match(/missing exact\//g)?.length, 3 - kept);
  });
});

Deno.test("a cell that cannot be written is named, and the others go on", async () => {
  await inFolder(async (folder) => {
    const plan = join(folder, "plan.json");
    const out = join(folder, "out");
    await Deno.writeTextFile(plan, PLAN);
    const listed = await lab(["sweep", plan, "--dry-run"]);
    const [, id = ""] = /^ {2}(4k-hot\S+)$/m.exec(listed.out) ?? [];
    const timed = ["sweep", plan, "--out", out, "--only", "timed"];
    // There is nothing to time; the folder is made.
    assertEquals((await lab(timed)).status, 0);
    // As on a full disk: its file cannot take its name.
    await Deno.mkdir(join(out, "exact", `${id}.json`));
    const swept = await lab(["sweep", plan, "--out", out, "--jobs", "1"]);
    assertEquals(swept.status, 1);
    assertStringIncludes(swept.err, `lab: Cannot do exact/${id}: Cannot write`);
    assertStringIncludes(swept.out, "2 of 3 jobs");
    assertStringIncludes(swept.out, "1 failed");
  });
});
