import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { withKernelLayouts } from "../../../bench/patched/kernel_layouts.ts";
import { readKernels } from "../../../bench/patched/recorded_kernels.ts";
import { oracleMain } from "../../../bench/oracle/command.ts";

async function fileOf(text: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(path, text);
  return path;
}

Deno.test("readKernels() reads instructions by workload and kernel", async () => {
  const path = await fileOf(
    '{"more": 1, "workloads": {"b_4k_pread": {"base": {"core": 7, "x": 1}, ' +
      '"A": {"core": 9}}}}',
  );
  const [one] = await readKernels(path);
  assertEquals(one?.workload, "b_4k_pread");
  assertEquals([...one?.coreInstructions ?? []], [["base", 7], ["A", 9]]);
});

Deno.test("readKernels() says where a file is wrong", async () => {
  for (
    const [text, found] of [
      ["{", "line 1, column 2"],
      ['{"workloads": 1}', "line 1, column 15: workloads"],
      ['{"workloads": {"a": {"A": {"core": 1}}}}', '"base" among them'],
      ['{"workloads": {"a": {"base": {"core": 0}}}}', "core: found 0"],
      ['{"workloads": {"a": {"base": {"core": 1.5}}}}', "core: found 1.5"],
    ] as const
  ) {
    await assertRejects(
      async () => readKernels(await fileOf(text)),
      SyntaxError,
      found,
    );
  }
  await assertRejects(
    () => readKernels("no/such/file"),
    TypeError,
    "no/such/file",
  );
});

Deno.test("withKernelLayouts() reads pairs, and says what is wrong with one", () => {
  const { E, base } = withKernelLayouts("E=len31_p2p:segment,L=page_len20");
  assertEquals([E?.layout.name, E?.recognition], ["len31_p2p", "segment"]);
  assertEquals(base?.layout.name, "page_offset");
  assertThrows(
    () => withKernelLayouts("E"),
    RangeError,
    'found "E", expected NAME=LAYOUT',
  );
  assertThrows(
    () => withKernelLayouts("E=phys_len:flag"),
    RangeError,
    "page|segment",
  );
  assertThrows(
    () => withKernelLayouts("E=phys"),
    RangeError,
    'Cannot find layout "phys"',
  );
  assertThrows(
    () => withKernelLayouts("E=phys_len:segment"),
    RangeError,
    "does not serve",
  );
});

Deno.test("oracle --patched refuses a folder without files in one line", async () => {
  let error = "";
  const folder = await Deno.makeTempDir();
  const status = await oracleMain(["--patched", folder], {
    writeOut: () => {},
    writeError: (text) => void (error += text),
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  });
  assertEquals([status, error.trim().split("\n").length], [2, 1]);
  assertEquals(
    error.startsWith("oracle: Cannot read patched kernels: no file in"),
    true,
  );
});
