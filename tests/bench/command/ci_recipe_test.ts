/**
 * The recipe for CI of bench/README.md, run as it stands there, but of fewer
 * I/Os.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { splitWords } from "../../../bench/text/shell_words.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const PAGE = new URL("../../../bench/README.md", import.meta.url);

/** The commands of the recipe, a list of words each. */
async function recipe(): Promise<string[][]> {
  const page = await Deno.readTextFile(PAGE);
  const [, yaml = ""] = /## In CI\n.*?```yaml\n(.*?)```/s.exec(page) ?? [];
  return yaml.split(/^- run: /m).filter((part) => part !== "").map((part) =>
    splitWords(part.replace(/^>-/, "").replaceAll("\n", " ").trim())
  );
}

Deno.test("the recipe for CI passes an equal result, and fails on a changed figure", async () => {
  const [run = [], compare = [], ...others] = await recipe();
  assertEquals(others, []);
  await inFolder(async (folder) => {
    const place = (words: readonly string[]) =>
      words.slice(3).map((word) =>
        /\.(json|xml)$/.test(word)
          ? `${folder}/${word}`
          : word === "$GITHUB_STEP_SUMMARY"
          ? `${folder}/summary.md`
          : word
      );
    assertEquals(run.slice(0, 3), ["deno", "task", "lab"]);
    const ran = await lab([
      ...[...place(run), "--ios", "8", "--cpu", "none", "--quiet"],
      ...["--layout", "phyr"],
    ]);
    assertEquals([ran.status, ran.err], [0, ""]);
    const now = JSON.parse(await Deno.readTextFile(`${folder}/now.json`));
    // What other steps of the job have written stays.
    await Deno.writeTextFile(`${folder}/summary.md`, "# Job\n");
    const compared = async (baseline: unknown) => {
      await Deno.writeTextFile(
        `${folder}/baseline.json`,
        JSON.stringify(baseline),
      );
      const { status } = await lab([...place(compare), "--force", "--quiet"]);
      return {
        status,
        junit: await Deno.readTextFile(`${folder}/layouts.xml`),
        summary: await Deno.readTextFile(`${folder}/summary.md`),
      };
    };
    const equal = await compared({
      ...now,
      environment: { ...now.environment, cpuModel: "Another CPU" },
    });
    assertEquals(equal.status, 0);
    assert(equal.summary.startsWith("# Job\n"), equal.summary);
    assertStringIncludes(equal.junit, 'failures="0"');
    assertStringIncludes(equal.summary, "seq128k");

    const changed = structuredClone(now);
    changed.cells[0].layouts[1].counts.bvecBytesPerIo += 4;
    const failed = await compared(changed);
    assertEquals(failed.status, 1);
    assert(
      /<testsuites?[^>]* failures="[1-9]/.test(failed.junit),
      failed.junit,
    );
    assertStringIncludes(failed.junit, "bvecBytesPerIo");
    assert(failed.summary.length > equal.summary.length);
    assertStringIncludes(failed.summary, "bvecBytesPerIo");
  });
});
