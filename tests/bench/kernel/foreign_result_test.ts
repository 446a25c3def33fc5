/** Result files of strangers: cut, edited, compressed, or made to mislead. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { compareKernels } from "../../../bench/kernel/compare.ts";
import { comparisonMail } from "../../../bench/kernel/comparison_mail.ts";
import { comparisonText } from "../../../bench/kernel/comparison_text.ts";
import { readKernelResult } from "../../../bench/kernel/read_result.ts";
import { parseKernelResult } from "../../../bench/kernel/result.ts";
import { resultText } from "../../../bench/kernel/result_text.ts";
import { inFolder } from "../lab_in_process.ts";
import { kernelResultFile } from "./kernel_result_file.ts";

const WILD = /[^\P{C}\n]|\p{Zl}|\p{Zp}/u;

Deno.test("no text of a kernel's result begins a line of its own", () => {
  const text = JSON.stringify(kernelResultFile());
  const base = parseKernelResult(text, "a.json");
  const plain = parseKernelResult(text.replaceAll("NAME", "b c"), "b.json");
  const lines = (made: string) => made.split("\n").length;
  for (const evil of ["b\nc", "b\r\nc", "\u001b[2J\u202e", "b\u2028c"]) {
    const quoted = JSON.stringify(evil).slice(1, -1);
    const result = parseKernelResult(
      text.replaceAll("NAME", quoted),
      "b.json",
    );
    for (
      const [made, expected] of [
        [resultText(result), resultText(plain)],
        ...[comparisonText, comparisonMail].map((render) =>
          [
            render(
              compareKernels({ base, patched: result, control: undefined }),
            ),
            render(
              compareKernels({ base, patched: plain, control: undefined }),
            ),
          ] as const
        ),
      ] as const
    ) {
      assertEquals(WILD.exec(made), null, JSON.stringify(evil));
      assertEquals(/^c(?!\w)/m.test(made), false, made);
      assert(lines(made) <= 2 * lines(expected), made);
    }
  }
});

Deno.test("functions are found by their own names, not by those of JavaScript", () => {
  const base = kernelResultFile();
  const { w } = base.workloads;
  assert(w !== undefined);
  const names = { constructor: 5, toString: 7, "blk_x": 1 };
  const patched = {
    ...base,
    workloads: {
      w: { ...w, functions_median: names },
      constructor: w,
    },
    slabs: { valueOf: { objsize: 8, perslab: 1, pages: 1 } },
  };
  const parse = (value: unknown) =>
    parseKernelResult(JSON.stringify(value), "a.json");
  const compared = compareKernels({
    base: parse(base),
    patched: parse(patched),
    control: parse(base),
  });
  const [only, ...others] = compared.workloads;
  assertEquals(others, []);
  const found = [...only?.functions ?? [], ...only?.noisyFunctions ?? []];
  assertEquals(
    found.filter(({ name }) => name in names).map(({ name, base, patched }) => [
      name,
      base,
      patched,
    ]),
    [["toString", 0, 7], ["constructor", 0, 5], ["blk_x", 0, 1]],
  );
});

Deno.test("parseKernelResult() has one line for what is no result", () => {
  const text = JSON.stringify(kernelResultFile());
  const refuses = (bad: string, found: string) => {
    const { message } = assertThrows(
      () => parseKernelResult(bad, "a.json"),
      SyntaxError,
      found,
    );
    assertEquals(WILD.exec(message), null);
    assert(!message.includes("\n") && message.length < 1000, message);
    assert(/^Cannot read "?a\.json"?: .*, expected /.test(message), message);
  };
  refuses("", "the file is empty, expected JSON");
  refuses("[".repeat(100_000), "at most 64 levels");
  refuses(text.slice(0, -2), "found the end of the text (truncated?)");
  refuses(text.replace('"loads":10', '"loads":1e400'), "workloads.w.loads");
  refuses(text.replace('"loads":10', '"loads":-1'), "workloads.w.loads");
  refuses(text.replace('"loads":10', '"loads":10,"loads":9'), "twice");
  const key = "k\\n".repeat(100_000);
  refuses(
    text.replace('{"w":{', `{"${key}":{`).replace('"loads":10', '"loads":"x"'),
    "workloads.k",
  );
});

Deno.test("readKernelResult() reads gzip of several members, and pipes' names", async () => {
  await inFolder(async (folder) => {
    const text = JSON.stringify(kernelResultFile());
    const packed = async (part: string) =>
      new Uint8Array(
        await new Response(
          new Blob([part]).stream().pipeThrough(
            new CompressionStream("gzip"),
          ),
        ).arrayBuffer(),
      );
    const one = await packed(text.slice(0, 100));
    const other = await packed(text.slice(100));
    const path = `${folder}/a.json.gz`;
    await Deno.writeFile(path, new Uint8Array([...one, ...other]));
    assertEquals(
      await readKernelResult(path),
      parseKernelResult(text, "a.json"),
    );
    await Deno.writeFile(path, one.subarray(0, 40));
    await assertRejects(() => readKernelResult(path), SyntaxError, "truncated");
    await Deno.writeTextFile(path, "");
    await assertRejects(() => readKernelResult(path), SyntaxError, path);
    await assertRejects(
      () => readKernelResult(folder),
      TypeError,
      `Cannot read ${folder}: it is a directory, expected a result`,
    );
    await assertRejects(
      () => readKernelResult("/dev/zero"),
      TypeError,
      "it is longer than 268435456 bytes",
    );
  });
});
