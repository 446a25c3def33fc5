import { assertEquals, assertRejects } from "@std/assert";
import { requireApart } from "../../../bench/shell/output_names.ts";
import { inFolder, lab } from "../lab_in_process.ts";

Deno.test("requireApart() sees through paths and links", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/sub`);
    await Deno.symlink(folder, `${folder}/self`);
    await Deno.writeTextFile(`${folder}/there`, "");
    await Deno.symlink(`${folder}/there`, `${folder}/link`);
    await Deno.link(`${folder}/there`, `${folder}/hard`);
    const pairs = [
      ["a", "a"],
      ["a", "./a"],
      ["a", "sub/../a"],
      ["a", "self/a"],
      ["there", "link"],
      ["there", "hard"],
    ] as const;
    for (const [one, other] of pairs) {
      const path = `${folder}/${other}`;
      await assertRejects(
        () =>
          requireApart([
            { option: "--json", path: `${folder}/${one}` },
            { option: "--iolog", path },
          ]),
        RangeError,
        `Cannot write "${path}" (--iolog): it is the file of --json, too, ` +
          "expected another path",
      );
    }
    await requireApart([
      { option: "--json", path: `${folder}/a` },
      { option: "--iolog", path: `${folder}/sub/a` },
      { option: "--output", path: "-" },
      { option: "--other", path: "-" },
    ]);
    await Deno.writeTextFile(`${folder}/else`, "");
    await requireApart([
      { option: "--json", path: `${folder}/there` },
      { option: "--iolog", path: `${folder}/else` },
    ]);
    // What is not there is told by checkOutput().
    await requireApart([
      { option: "--json", path: `${folder}/no/a` },
      { option: "--iolog", path: `${folder}/no/a` },
    ]);
  });
});

Deno.test("lab refuses outputs and inputs of one name before anything is done", async () => {
  await inFolder(async (folder) => {
    const trace = `${folder}/t.iolog`;
    const text = "fio version 2 iolog\nf add\nf open\nf read 0 4096\nf close\n";
    await Deno.writeTextFile(trace, text);
    const run = ["run", "--rounds", "0", "--layout", "page_offset", "--quiet"];
    for (
      const [words, found] of [
        [
          ["--json", `${folder}/a`, "--workload", "4k-hot"]
            .concat("--iolog", `${folder}/./a`),
          "it is the file of --json, too",
        ],
        [
          ["--json", `${folder}/x.blktrace.0`, "--workload", "4k-hot"]
            .concat("--blktrace", `${folder}/x`),
          "it is the file of --json, too",
        ],
        [
          ["--workload", trace, "--iolog", trace, "--force"],
          "it is the file that is read as --workload",
        ],
        [
          ["--workload", trace, "--json", trace, "--force"],
          "it is the file that is read as --workload",
        ],
      ] as const
    ) {
      const { status, out, err } = await lab([...run, ...words]);
      assertEquals([status, out, err.includes(found)], [2, "", true], err);
    }
    assertEquals(await Deno.readTextFile(trace), text);
    const names = await Array.fromAsync(Deno.readDir(folder));
    assertEquals(names.map(({ name }) => name), ["t.iolog"]);
  });
});

Deno.test("no command replaces what it reads, whatever --force allows", async () => {
  await inFolder(async (folder) => {
    const result = `${folder}/result.json`;
    const made = await lab([
      ...["run", "--rounds", "0", "--layout", "page_offset", "--cpu", "none"],
      ...["--workload", "randrw4k", "--quiet", "--json", result],
    ]);
    assertEquals(made.status, 0, made.err);
    const trace = `${folder}/t.iolog`;
    await Deno.writeTextFile(
      trace,
      "fio version 2 iolog\nf add\nf open\nf read 0 4096\nf close\n",
    );
    const tree = `${folder}/tree.json`;
    await Deno.writeTextFile(tree, "{}");
    const other = `${folder}/other.json`;
    await Deno.copyFile(result, other);
    // The files of all CPUs are one trace.
    await Deno.writeTextFile(`${folder}/a.blktrace.0`, "0");
    await Deno.writeTextFile(`${folder}/a.blktrace.1`, "1");
    const before = await contents(folder);
    for (
      const words of [
        ["compare", result, other, "--json", result],
        ["compare", other, result, "--json", result],
        ["report", result, "--markdown", "--output", result],
        ["report", result, "--json", result],
        ["explain", "--workload", trace, "--json", trace],
        ["heat", "--workload", trace, "--json", trace],
        ["explain", "--topology", tree, "--json", tree],
        ["topology", tree, "--json", tree],
        ["cache", trace, "--cpu", "zen4", "--json", trace],
        ["cache", trace, "--cpu", "zen4", "--save", trace],
        ["run", "--workload", `${folder}/a.blktrace.1`].concat(
          "--blktrace",
          `${folder}/a`,
        ),
        ["explain", "--workload", `${folder}/a.blktrace.0`].concat(
          "--json",
          `${folder}/a.blktrace.1`,
        ),
      ]
    ) {
      const { status, err } = await lab([...words, "--force", "--quiet"]);
      assertEquals(status, 2, words.join(" "));
      assertEquals(err.includes("it is the file that is read as"), true, err);
    }
    assertEquals(await contents(folder), before);
  });
});

Deno.test("a name that the lab knows is no file that is read", async () => {
  await inFolder(async (folder) => {
    await requireApart(
      [{ option: "--json", path: `${folder}/zen4` }],
      [{ option: "--cpu", path: `${folder}/zen4` }],
    );
  });
});

async function contents(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    files[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return files;
}
