/** What pahole lists of structs that the compilers here have built. */
import { assertEquals } from "@std/assert";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import { cStructWithAssertions, cTypedefs } from "../../layouts/c_source.ts";
import type { CStruct } from "../../layouts/c_type.ts";
import { notRun, run } from "./run_tool.ts";

/** A compiler and what it builds for. */
export interface Build {
  /** Its name. */
  readonly cc: "clang" | "gcc";
  /** The ABI. */
  readonly abi: Abi;
}

/** clang for every ABI; GCC builds for this machine only. */
export const BUILDS: readonly Build[] = [
  ...abis.map((abi): Build => ({ cc: "clang", abi })),
  ...(Deno.build.arch === "x86_64"
    ? [{ cc: "gcc", abi: findAbi("lp64") } as const]
    : []),
];

/**
 * Has structs built with debug information, their places asserted, and pahole
 * list them.
 *
 * @param structs The structs, of different names.
 * @param build What builds them.
 * @param options A folder for the files, and more flags of the compiler.
 * @returns pahole's text; `undefined` where a tool is not installed, which is
 * said.
 */
export async function debugListing(
  structs: readonly CStruct[],
  { cc, abi }: Build,
  { folder, flags = [] }: { folder: string; flags?: readonly string[] },
): Promise<string | undefined> {
  const file = `${folder}/${cc}-${abi.name}`;
  const variables = structs.map(({ name }) => `struct ${name} v_${name};\n`);
  await Deno.writeTextFile(
    `${file}.c`,
    cTypedefs(abi) + uniqueDefinitions(structs, abi) + variables.join(""),
  );
  const built = await run(cc, [
    ...(cc === "clang"
      ? ["-target", abi.target]
      : ["-Wno-packed-bitfield-compat"]),
    ...["-std=c11", "-g", ...flags, "-c", `${file}.c`, "-o", `${file}.o`],
  ]);
  if (built === undefined) return notRun(cc);
  assertEquals([built.success, built.err], [true, ""], `${cc} ${abi.name}`);
  const printed = await run("pahole", [`${file}.o`]);
  return printed === undefined ? notRun("pahole") : printed.out;
}

/**
 * Prints structs as C with assertions.
 *
 * @param structs The structs.
 * @param abi The ABI.
 * @returns C11 text; what several of them refer to stands once.
 */
export function uniqueDefinitions(
  structs: readonly CStruct[],
  abi: Abi,
): string {
  const lines = new Set<string>();
  return structs.map((struct) => {
    const text = cStructWithAssertions(struct, abi);
    const at = text.indexOf(`struct ${struct.name} {`);
    const before = text.slice(0, at).split("\n").filter((line) =>
      line !== "" && !lines.has(line)
    );
    for (const line of before) lines.add(line);
    return before.map((line) => `${line}\n`).join("") + text.slice(at);
  }).join("");
}
