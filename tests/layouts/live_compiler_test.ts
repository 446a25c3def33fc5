import { assertEquals } from "@std/assert";
import { type Abi, abis } from "../../layouts/abi.ts";
import { listedStruct } from "../../layouts/array_struct.ts";
import { cStructWithAssertions, cTypedefs } from "../../layouts/c_source.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { pahole } from "../../layouts/pahole.ts";
import { layouts } from "../../layouts/registry.ts";
import { placeStruct } from "../../layouts/struct.ts";

/** All layouts of an ABI as C, each struct named as its layout. */
function source(abi: Abi): string {
  const structs = listed(abi).map((struct) =>
    cStructWithAssertions(struct, abi) +
    `struct ${struct.name} v_${struct.name};\n`
  );
  return cTypedefs(abi) + structs.join("");
}

function listed(abi: Abi) {
  return layouts.flatMap((layout) => {
    const struct = listedStruct(layout, abi);
    return isUnsupported(struct) ? [] : [{ ...struct, name: layout.name }];
  });
}

interface ToolResult {
  readonly success: boolean;
  readonly out: string;
  readonly err: string;
}

/** Runs a tool; undefined where it is not installed. */
async function run(
  tool: string,
  args: string[],
): Promise<ToolResult | undefined> {
  try {
    const done = await new Deno.Command(tool, { args }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      success: done.success,
      out: decode(done.stdout),
      err: decode(done.stderr),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function notRun(tool: string): void {
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      `NOT RUN: ${tool} is not installed; only recorded results were compared\n`,
    ),
  );
}

Deno.test("cStructWithAssertions() is confirmed by clang for every layout and ABI", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const file = `${folder}/${abi.name}.c`;
      await Deno.writeTextFile(file, source(abi));
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", file];
      const result = await run("clang", args);
      if (result === undefined) return notRun("clang");
      assertEquals([result.success, result.err], [true, ""], abi.name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cStructWithAssertions() is refuted by clang when a size is wrong", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/wrong.c`;
    for (const abi of abis.slice(0, 1)) {
      const wrong = source(abi).replace(
        "sizeof(struct page_offset) == 16",
        "sizeof(struct page_offset) == 12",
      );
      await Deno.writeTextFile(file, wrong);
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", file];
      const result = await run("clang", args);
      if (result === undefined) return notRun("clang");
      assertEquals(result.success, false);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

// pahole guesses attributes from the placement; the lab prints the declared.
const withoutAttributes = (text: string) =>
  text.replaceAll(/^\}.*;$/gm, "};").trim();

Deno.test("pahole() prints what the real pahole prints, for every layout and ABI", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const file = `${folder}/${abi.name}`;
      await Deno.writeTextFile(`${file}.c`, source(abi));
      const args = ["-target", abi.target, "-std=c11", "-g", "-c"];
      const built = await run("clang", [
        ...args,
        `${file}.c`,
        "-o",
        `${file}.o`,
      ]);
      if (built === undefined) return notRun("clang");
      assertEquals([built.success, built.err], [true, ""], abi.name);
      const printed = await run("pahole", [`${file}.o`]);
      if (printed === undefined) return notRun("pahole");
      const ours = listed(abi).map((struct) =>
        pahole(placeStruct(struct, abi))
      );
      assertEquals(
        withoutAttributes(ours.join("")),
        withoutAttributes(printed.out),
        abi.name,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
