import { assertEquals, assertRejects } from "@std/assert";
import { requireApart } from "../../../bench/command/output_names.ts";
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
