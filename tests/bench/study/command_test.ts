import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../../bench/study/command.ts";
import { captured } from "../captured.ts";
import { inFolder } from "../lab_in_process.ts";

const study = (args: readonly string[]) =>
  captured((context) => main(args, context));

Deno.test("study replaces nothing without --force, and says so first", async () => {
  await inFolder(async (folder) => {
    const json = `${folder}/study.json`;
    const readme = `${folder}/page.md`;
    await Deno.writeTextFile(readme, "# Page\n");
    const paths = ["--json", json, "--readme", readme];
    const fresh = await study(paths);
    assertEquals([fresh.status, fresh.out], [2, ""]);
    assertStringIncludes(
      fresh.err,
      `Cannot write "${readme}": the file exists, expected a new path or --force`,
    );
    await Deno.writeTextFile(json, "{}");
    const old = await study(paths);
    assertStringIncludes(old.err, `Cannot write "${json}": the file exists`);
    assertEquals(await Deno.readTextFile(readme), "# Page\n");
    assertEquals(await Deno.readTextFile(json), "{}");
  });
});

Deno.test("study refuses options that contradict each other", async () => {
  for (
    const [args, text] of [
      [["--timed", "--exact"], "Cannot combine --timed with --exact"],
      [["--add", "--timed"], "Cannot combine --add with --timed"],
      [["--quick", "--exact"], "Cannot combine --quick with --exact"],
      [["--engine", "jss"], 'Cannot find engine "jss" (nearest: "js")'],
      [
        ["--only", "page/4k"],
        'Cannot find timed cell "page/4k" (nearest: "page/4k-hot", ',
      ],
      [["--rounds", "0"], 'found "0", expected a whole number from 1 to 10000'],
      [["--cell-seconds", "0"], "expected a time from 0.1 to 86400 s"],
      [["--json", "-"], 'Cannot write a study to "-"'],
    ] as const
  ) {
    const { status, out, err } = await study(args);
    assertEquals([status, out], [2, ""], args.join(" "));
    assertStringIncludes(err, text);
    assertEquals(err.trimEnd().includes("\n"), false);
  }
});
