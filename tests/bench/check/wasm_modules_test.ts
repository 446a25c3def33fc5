/** The committed WebAssembly is what its source makes. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  compileWasm,
  makeWasmText,
  WASM_MODULES,
} from "../../../bench/check/wasm_modules.ts";

for (const { source, made } of WASM_MODULES) {
  Deno.test(`deno task wasm would leave ${made} as it is`, async () => {
    const committed = await Deno.readTextFile(
      new URL(`../../../${made}`, import.meta.url),
    );
    assertEquals(await makeWasmText(source), committed);
  });
}

Deno.test("compileWasm() says what the compiler found wrong", async () => {
  const error = await assertRejects(
    () => compileWasm("wrong.as", "export const one: i32 = two;"),
    SyntaxError,
  );
  assert(error.message.includes('"wrong.as"'), error.message);
  assert(error.message.includes("Cannot find name 'two'"), error.message);
});

Deno.test("compileWasm() refuses an import that is not beside the source", async () => {
  const source = 'import { one } from "./none";\nexport const two = one;';
  const error = await assertRejects(
    () => compileWasm("sim/cache/wrong.as", source),
    SyntaxError,
  );
  assert(error.message.includes("File 'none.ts' not found"), error.message);
});
