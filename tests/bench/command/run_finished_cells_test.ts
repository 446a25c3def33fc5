/** Cells that are finished stay, whatever ends a run after them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../../bench/lab.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { QUICK } from "./short_runs.ts";

Deno.test("lab run keeps finished cells when a later workload is bad", async () => {
  await inFolder(async (folder) => {
    const json = `${folder}/out.json`;
    await Deno.writeTextFile(`${folder}/bad`, "fio version 3 iolog\n1 f\n");
    const { status, out, err } = await lab([
      ...QUICK,
      "--workload",
      `randrw4k,${folder}/bad`,
      "--json",
      json,
    ]);
    assertEquals(status, 2);
    const text = out.replaceAll(/\s+/g, " ");
    assertStringIncludes(text, "page_offset 16 30.85");
    assertStringIncludes(text, "unfinished: 1 of 2 cells.");
    assertStringIncludes(err, "line 2");
    const result = resultSchema.parse(
      JSON.parse(await Deno.readTextFile(json)),
    );
    assertEquals(result.cells.length, 1);
  });
});

Deno.test("lab run keeps what is finished when it is interrupted", async () => {
  const abort = new AbortController();
  let out = "";
  const status = await main(
    [...QUICK, "--workload", "randrw4k,seq128k", "--json", "-"],
    {
      writeOut: (text) => out += text,
      writeError: () => {},
      errorIsTerminal: false,
      color: false,
      signal: abort.signal,
    },
  );
  assertEquals(status, 0);
  assertEquals(JSON.parse(out).cells.length, 2);

  let text = "";
  const interrupted = await main(
    [...QUICK, "--workload", "randrw4k,seq128k", "--details"],
    {
      writeOut: (part) => {
        text += part;
        abort.abort(new Error("Interrupted")); // after the first cell
      },
      writeError: () => {},
      errorIsTerminal: false,
      color: false,
      signal: abort.signal,
    },
  );
  assertEquals(interrupted, 130);
  assertStringIncludes(text, "randrw4k: fio iolog");
  assert(!text.includes("seq128k: fio iolog"));
});
