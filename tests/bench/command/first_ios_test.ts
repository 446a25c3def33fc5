import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { workloadPath } from "../../../bench/run/options.ts";
import { inFolder, lab } from "../lab_in_process.ts";

/** The log as far as its nth read or write. */
async function cutLog(ios: number): Promise<string> {
  const lines = (await Deno.readTextFile(workloadPath("mixedbs"))).split("\n");
  let left = ios;
  const kept = lines.filter((line) => {
    if (left === 0) return false;
    if (/ (read|write) /.test(line)) left--;
    return true;
  });
  return kept.join("\n") + "\n";
}

async function cellOf(args: readonly string[]) {
  const { status, out, err } = await lab([
    ...["run", "--layout", "page_offset", "--cpu", "none", "--json", "-"],
    ...["--quiet"],
    ...args,
  ]);
  assertEquals([status, err], [0, ""]);
  const [cell] = resultSchema.parse(JSON.parse(out)).cells;
  if (cell === undefined) throw new Error("no cell");
  return cell;
}

Deno.test("lab run --ios of a file is a run of a file with these I/Os alone", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "cut.iolog");
    await Deno.writeTextFile(path, await cutLog(300));
    const exact = ["--rounds", "0"];
    const whole = await cellOf(["--workload", "mixedbs", ...exact]);
    const first = await cellOf([
      ...["--workload", "mixedbs", "--ios", "300"],
      ...exact,
    ]);
    const cut = await cellOf(["--workload", path, ...exact]);
    // 3 header lines, and what the 300 lines of I/O have between them.
    assertEquals(first.ios, cut.ios);
    assertEquals(first.ios.reads + first.ios.writes, 300);
    assertEquals(first.digest, cut.digest);
    assertEquals(
      first.layouts.map(({ counts }) => counts),
      cut.layouts.map(({ counts }) => counts),
    );
    assertEquals(whole.ios.reads + whole.ios.writes, 2000);
    assertEquals(
      first.description?.startsWith(
        "fio iolog, first 300 reads and writes; ",
      ),
      true,
    );
  });
});

Deno.test("lab run --ios times these I/Os alone", async () => {
  const { timedIos } = await cellOf([
    ...["--workload", "seq128k", "--ios", "10"],
    ...["--rounds", "1", "--builds", "1", "--budget", "0.1"],
  ]);
  assertEquals(timedIos, 10);
});

Deno.test("lab run --ios exports these I/Os alone", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const { status, err } = await lab([
      ...["run", "--workload", "seq128k", "--ios", "10", "--rounds", "0"],
      ...["--layout", "page_offset", "--cpu", "none"],
      ...["--iolog", at("ten.iolog"), "--blktrace", at("ten")],
    ]);
    assertEquals(status, 0);
    assertStringIncludes(err, "ten.iolog: 10 I/Os");
    assertStringIncludes(err, "ten.blktrace.0: 10 Q");
    const log = await Deno.readTextFile(at("ten.iolog"));
    assertEquals(log.match(/ read /g)?.length, 10);
  });
});

Deno.test("lab heat and lab explain have the same first I/Os", async () => {
  const heat = await lab([
    ...["heat", "--workload", "seq128k", "--ios", "3", "--json", "-"],
  ]);
  assertEquals(JSON.parse(heat.out).ios, 3);
  const first = ["--workload", "mixedbs", "--ios", "5"];
  const shown = await lab(["explain", ...first, "--io", "4", "--json", "-"]);
  const { config } = JSON.parse(shown.out);
  assertStringIncludes(
    config.description,
    "fio iolog, first 5 reads and writes; buffers",
  );
  const behind = await lab(["explain", ...first, "--io", "5"]);
  assertEquals([behind.status, behind.out], [2, ""]);
  assertStringIncludes(
    behind.err,
    'Cannot explain I/O 5 of "mixedbs --ios 5": it has 5 I/Os, expected 0 to 4',
  );
  // A preset makes as many as are asked for.
  const more = await lab([
    ...["explain", "--workload", "randread-4k", "--ios", "100000"],
    ...["--io", "99999", "--json", "-"],
  ]);
  assertEquals(JSON.parse(more.out).io.index, 99_999);
});
