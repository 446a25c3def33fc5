import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { nameList } from "../../../bench/shell/command.ts";
import { listedName } from "../../../sim/text/short_lists.ts";
import { inFolder, lab } from "../lab_in_process.ts";

Deno.test("nameList() takes a comma behind a backslash for a part of a name", () => {
  const read = nameList();
  assertEquals(read("a,b"), ["a", "b"]);
  assertEquals(read("a\\,b.iolog,c"), ["a,b.iolog", "c"]);
  assertEquals(read("x", ["a"]), ["a", "x"]);
  assertEquals(read("a\\b"), ["a\\b"]);
  assertThrows(() => read("a,,b"), Error, "Found an empty name");
});

Deno.test("nameList() reads what listedName() writes", () => {
  const name = fc.string({ minLength: 1 }).filter((text) =>
    text.trim() === text && !text.endsWith("\\") && !text.includes("\\,")
  );
  fc.assert(fc.property(fc.array(name, { minLength: 1 }), (names) => {
    assertEquals(nameList()(names.map(listedName).join(",")), names);
  }));
});

Deno.test("lab run reads a trace whose name has a comma, and repeats it", async () => {
  await inFolder(async (folder) => {
    const trace = `${folder}/a,b.iolog`;
    await Deno.writeTextFile(
      trace,
      "fio version 2 iolog\nf add\nf open\nf read 0 4096\nf close\n",
    );
    const run = [
      ...["run", "--rounds", "0", "--layout", "page_offset", "--cpu", "none"],
      ...["--quiet", "--workload"],
    ];
    const refused = await lab([...run, trace]);
    assertEquals(refused.status, 2);
    assertStringIncludes(
      refused.err,
      "; \\, is a comma that belongs to a path",
    );
    const file = `${folder}/r.json`;
    const { status, err } = await lab([
      ...run,
      trace.replace(",", "\\,"),
      "--json",
      file,
    ]);
    assertEquals([status, err], [0, ""]);
    const mail = await lab(["report", file, "--mail"]);
    assertStringIncludes(
      mail.out.replaceAll(/ \\\n +/g, " "),
      `--workload '${folder}/a\\,b.iolog'`,
    );
  });
});
