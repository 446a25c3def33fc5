/**
 * QEMU in user mode with a plugin of the lab's: every instruction of a program,
 * of this machine or another one.
 */
import { join } from "@std/path";
import { compileFile, type CompileOptions } from "../compile.ts";
import { NativeEngineError } from "../error.ts";
import { readSealedObject } from "../sealed_object.ts";
import {
  type CountedProgram,
  type CountTool,
  readCounts,
  runWhole,
  type ToolRun,
  versionOf,
} from "./count_tool.ts";
import type { InstructionFigures } from "./figures.ts";
import { pluginApi } from "./plugin_api.ts";
import { readQemuCounts } from "./qemu_counts.ts";

/**
 * Looks for QEMU, and compiles its plugin.
 *
 * @param options Its program, its longest run, and the plugin's compiler.
 * @throws {NativeEngineError} If it is missing or too old, or there is no cc.
 */
export async function findQemuTool(
  options: ToolRun & Pick<CompileOptions, "cc" | "cacheDir">,
): Promise<CountTool> {
  const { program: qemu, timeoutMs, cc, cacheDir } = options;
  const version = await versionOf(qemu, "qemu-user", timeoutMs);
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(major) * 100 + Number(minor);
  if (!(number >= 402)) {
    throw new NativeEngineError(
      `Cannot count with ${qemu}: it is "${version}", expected version 4.2 or ` +
        `later, which has plugins`,
    );
  }
  const files = new Map<string, string>();
  for (
    const [name, from] of [
      ["plugin.c", "./plugin.c"],
      ["qemu_plugin_api.h", "../../kernel/plugin/qemu_plugin_api.h"],
    ] as const
  ) {
    files.set(name, await Deno.readTextFile(new URL(from, import.meta.url)));
  }
  const { path } = await compileFile({ files, main: "plugin.c" }, {
    cc,
    cacheDir,
    extension: ".so",
    flags: [
      ...["-std=gnu11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden"],
      `-DPLUGIN_API=${pluginApi(number)}`,
    ],
  });
  const plugin = await readSealedObject(path);
  if (plugin === undefined) {
    throw new NativeEngineError(
      `Cannot count with ${qemu}: its plugin differs from what was compiled, ` +
        `expected the whole file`,
    );
  }
  return {
    name: "qemu",
    version,
    count: (what) => countByQemu(what, { program: qemu, plugin, timeoutMs }),
  };
}

async function countByQemu(
  what: CountedProgram,
  by: ToolRun & { readonly plugin: Uint8Array },
): Promise<InstructionFigures> {
  const { program, path, dump, scratch } = what;
  const out = join(scratch.path, `${crypto.randomUUID()}.counts`);
  const plugin = join(scratch.path, "plugin.so");
  await Deno.writeFile(plugin, by.plugin, { mode: 0o700 });
  const marks = `begin=${program.begin.toString(16)},` +
    `end=${program.end.toString(16)}`;
  await runWhole(by, {
    args: ["-plugin", `${plugin},out=${out},${marks}`, path, dump],
    what,
  });
  return await readCounts(
    "qemu",
    out,
    (text) => readQemuCounts(text, program.elf),
  );
}
