/**
 * `deno task wasm`: makes the WebAssembly of the repository again, from
 * AssemblyScript to a TypeScript module that holds the bytes in base64. A test
 * makes it, too, and compares.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { Command } from "commander";
import { textIfThere } from "../files/if_there.ts";
import { processContext } from "../shell/context.ts";
import { runToStatus } from "../shell/run_command.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * Source and what is made of it, from the root of the repository; what a source
 * imports is beside it.
 */
export const WASM_MODULES: readonly { source: string; made: string }[] = [
  { source: "sim/cache/lru_run.as", made: "sim/cache/lru_run_wasm.ts" },
  {
    source: "sim/cache/address_lines.as",
    made: "sim/cache/address_lines_wasm.ts",
  },
  {
    source: "sim/trace/footprint_run.as",
    made: "sim/trace/footprint_run_wasm.ts",
  },
];

/** The pages of 64 KiB that each module asks for: lru_run.as says why. */
const INITIAL_PAGES = 16;
const BYTES_PER_LINE = 54;

/**
 * Compiles AssemblyScript.
 *
 * @param name Path of the source, from the root of the repository.
 * @throws {SyntaxError} If the compiler refuses it.
 */
export async function compileWasm(
  name: string,
  source: string,
): Promise<Uint8Array> {
  const made = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main([
    "source.ts",
    ...["--outFile", "module.wasm", "-O3", "--converge", "--noAssert"],
    ...["--runtime", "stub", "--enable", "simd,relaxed-simd"],
    ...["--importMemory", "--initialMemory", String(INITIAL_PAGES)],
  ], {
    readFile: (file) => file === "source.ts" ? source : beside(name, file),
    writeFile: (file, contents) => {
      made.set(file, contents);
    },
    listFiles: () => [],
  });
  const wasm = made.get("module.wasm");
  if (error !== null || !(wasm instanceof Uint8Array)) {
    throw new SyntaxError(`Cannot compile "${name}": ${stderr.toString()}`);
  }
  return wasm;
}

/** The text of what a source imports, which the compiler takes for TypeScript. */
async function beside(name: string, file: string): Promise<string | null> {
  const imported = new URL(file.replace(/\.ts$/, ".as"), new URL(name, ROOT));
  return await textIfThere(imported) ?? null;
}

/** Writes the TypeScript module that holds a WebAssembly module. */
function wasmText(source: string, wasm: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < wasm.length; at += BYTES_PER_LINE) {
    lines.push(`"${wasm.subarray(at, at + BYTES_PER_LINE).toBase64()}"`);
  }
  const file = source.replace(/.*\//, "");
  const name = file.replace(/\.as$/, "_wasm").toUpperCase();
  return `/** The WebAssembly of \`${file}\`, made by \`deno task wasm\`. */\n\n` +
    `/** The module, in base64. */\n` +
    `export const ${name}: string =\n  ${lines.join(" +\n  ")};\n`;
}

export async function makeWasmText(source: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(source, ROOT));
  return wasmText(source, await compileWasm(source, text));
}

if (import.meta.main) {
  const command = new Command("wasm")
    .description("make the WebAssembly of the repository from its source again")
    .action(async () => {
      for (const { source, made } of WASM_MODULES) {
        const text = await makeWasmText(source);
        await Deno.writeTextFile(new URL(made, ROOT), text);
      }
    });
  Deno.exit(
    await runToStatus(command, { args: Deno.args, context: processContext() }),
  );
}
