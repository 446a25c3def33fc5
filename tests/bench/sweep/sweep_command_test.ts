import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { inFolder, lab } from "../lab_in_process.ts";
import { filesOf } from "./plan_rig.ts";

const PLAN = JSON.stringify({
  axes: {
    layout: ["phys_flags"],
    workload: ["4k-hot"],
    abi: ["lp64", "ilp32"],
  },
  ios: 4,
  cpu: "none",
  rounds: 0,
});

Deno.test("shards merge to what one process makes, and resume makes what is missing", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(at("plan.json"), PLAN);
    const plan = at("plan.json");
    const one = ["--jobs", "1"];
    const whole = await lab(["sweep", plan, "--out", at("whole"), ...one]);
    assertEquals([whole.status, whole.out], [
      0,
      `2 of 2 jobs in ${at("whole")}\n`,
    ]);
    for (const index of [1, 2]) {
      const shard = ["--shard", `${index}/2`];
      const run = await lab([
        "sweep",
        plan,
        "--out",
        at(`s${index}`),
        ...shard,
      ]);
      assertEquals(run.status, 0, run.err);
    }
    const lacking = await lab(["merge", at("s1"), "--json", at("no.json")]);
    assertEquals(lacking.status, 1);
    assertStringIncludes(
      lacking.err,
      "lab: Cannot merge: missing exact/4k-hot",
    );
    for (const [name, ...folders] of [["one", "whole"], ["two", "s1", "s2"]]) {
      const merged = await lab([
        "merge",
        ...folders.map(at),
        "--json",
        at(`${name}.json`),
      ]);
      assertEquals(merged.status, 0, merged.err);
    }
    assertEquals(
      await Deno.readTextFile(at("one.json")),
      await Deno.readTextFile(at("two.json")),
    );
    // A file that is lost, and one that is cut.
    const before = await filesOf(at("whole"));
    const [first = "", second = ""] = Object.keys(before);
    await Deno.remove(join(at("whole"), "exact", first));
    await Deno.truncate(join(at("whole"), "exact", second), 100);
    const again = await lab(["sweep", plan, "--out", at("whole"), ...one]);
    assertEquals(again.status, 0, again.err);
    assertStringIncludes(again.err, "it is made again");
    assertEquals(await filesOf(at("whole")), before);
    const done = await lab(["sweep", plan, "--out", at("whole")]);
    assertEquals(done.status, 2);
    assertStringIncludes(done.err, "found 2 of 2 jobs done, expected --resume");
    const resumed = await lab([
      "sweep",
      plan,
      "--out",
      at("whole"),
      "--resume",
    ]);
    assertEquals(resumed.out, `2 of 2 jobs in ${at("whole")}, 2 from before\n`);
  });
});

Deno.test("merge names what contradicts, and takes no folders of two plans", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(at("plan.json"), PLAN);
    for (const out of ["a", "b"]) {
      const { status } = await lab([
        "sweep",
        at("plan.json"),
        "--out",
        at(out),
        ...["--shard", "1/2"],
      ]);
      assertEquals(status, 0);
    }
    const [name = ""] = Object.keys(await filesOf(at("b")));
    const path = join(at("b"), "exact", name);
    const text = await Deno.readTextFile(path);
    const file = JSON.parse(text);
    file.cell.layouts[1].counts.biosPerIo = 2;
    await Deno.writeTextFile(path, JSON.stringify(file));
    const unequal = await lab(["merge", at("a"), at("b")]);
    assertEquals(unequal.status, 1);
    assertStringIncludes(
      unequal.err,
      `${path} have other exact figures: cell.layouts.phys_flags.counts.` +
        "biosPerIo is 1 and 2",
    );
    const manifest = at("b/manifest.json");
    const plain = await Deno.readTextFile(manifest);
    const renamed = JSON.parse(plain);
    renamed.cells[0].axes.workload = "renamed";
    await Deno.writeTextFile(manifest, JSON.stringify(renamed));
    assertStringIncludes(
      (await lab(["merge", at("b")])).err,
      `${path} is of workload "4k-hot", which manifest.json has as "renamed"`,
    );
    renamed.cells[0].id += "0";
    await Deno.writeTextFile(manifest, JSON.stringify(renamed));
    assertStringIncludes(
      (await lab(["merge", at("b")])).err,
      "found other cells in its manifest.json than those of its digest",
    );
    await Deno.writeTextFile(manifest, plain);
    file.environment.commit = "0".repeat(40);
    await Deno.writeTextFile(path, JSON.stringify(file));
    const unlike = await lab(["merge", at("a"), at("b")]);
    assertStringIncludes(unlike.err, `${path} is of commit 0000`);
    await Deno.writeTextFile(
      at("other.json"),
      PLAN.replace('"ios":4', '"ios":5'),
    );
    const other = at("other.json");
    const mixed = await lab(["sweep", other, "--out", at("a")]);
    assertEquals(mixed.status, 2);
    assertStringIncludes(
      mixed.err,
      "with other cells in it, or with the ids that an earlier lab gave them",
    );
    await lab(["sweep", other, "--out", at("c"), "--shard", "2/2"]);
    const two = await lab(["merge", at("a"), at("c")]);
    assertEquals(two.status, 2);
    assertStringIncludes(two.err, 'found the plan "other.json"');
  });
});

Deno.test("merge takes no file in the place of another", async () => {
  await inFolder(async (folder) => {
    const plan = join(folder, "plan.json");
    const out = join(folder, "out");
    await Deno.writeTextFile(plan, PLAN);
    assertEquals((await lab(["sweep", plan, "--out", out])).status, 0);
    const [name = "", other = ""] = Object.keys(await filesOf(out));
    const path = join(out, "exact", name);
    const text = await Deno.readTextFile(path);
    const own = JSON.parse(text);
    const merged = async (changed: unknown) => {
      await Deno.writeTextFile(path, JSON.stringify(changed));
      const { status, err } = await lab(["merge", out]);
      assertEquals(status, 1);
      return err;
    };
    const ofOther = await Deno.readTextFile(join(out, "exact", other));
    assertStringIncludes(
      await merged(JSON.parse(ofOther)),
      `${path} is the file of ${other.replace(".json", "")}`,
    );
    assertStringIncludes(
      await merged({ ...own, job: "timed" }),
      `${path} is a file of timed figures`,
    );
    assertStringIncludes(
      await merged({ ...own, plan: `${own.plan}0` }),
      `${path} is of another plan`,
    );
    await Deno.writeTextFile(path, text);
    assertEquals((await lab(["merge", out])).status, 0);
  });
});

Deno.test("lab sweep says where a manifest is no JSON", async () => {
  await inFolder(async (folder) => {
    const plan = join(folder, "sweep.json");
    await Deno.writeTextFile(plan, '{"kind": "sweep plan", plan');
    const { status, err } = await lab(["sweep", plan, "--dry-run"]);
    assertEquals(status, 2);
    assertStringIncludes(
      err,
      `Cannot read plan "${plan}": line 1, column 24: found "plan"`,
    );
  });
});

Deno.test("lab sweep refuses what it cannot do", async () => {
  await inFolder(async (folder) => {
    const plan = join(folder, "plan.json");
    await Deno.writeTextFile(plan, PLAN);
    const refused = async (...words: string[]) => {
      const { status, err } = await lab(["sweep", plan, ...words]);
      assertEquals(status, 2);
      return err;
    };
    assertStringIncludes(await refused("--shard", "3/2"), "from 1 to N");
    assertStringIncludes(await refused("--shard", "0/2"), "from 1 to N");
    assertStringIncludes(await refused("--only", "fast"), "exact, timed");
    assertStringIncludes(await refused("--cell", "x"), 'find cell "x"');
    assertStringIncludes(await refused(), "found no --out");
    assertStringIncludes(
      await refused("--out", folder),
      'found "plan.json"',
    );
    const listed = await lab(["sweep", plan, "--dry-run"]);
    assertStringIncludes(listed.out, "2 cells; 2 exact and 0 timed jobs");
    // 2 x 2 paths, 0.18 s each, of two groups.
    assertStringIncludes(listed.out, "about 1s of CPU time in ");
    const known = await lab([...["sweep", plan, "--dry-run"], "--json", "-"]);
    const { estimate, cells, digest } = JSON.parse(known.out);
    assertEquals([estimate.exactCpuSeconds, estimate.timedSeconds], [1, 0]);
    assertEquals(cells.length, 2);
    // The manifest of a sweep is a plan, too.
    const manifest = join(folder, "manifest.json");
    await Deno.writeTextFile(manifest, known.out);
    const again = await lab(["sweep", manifest, "--dry-run", "--json", "-"]);
    assertEquals(JSON.parse(again.out).digest, digest);
  });
});
