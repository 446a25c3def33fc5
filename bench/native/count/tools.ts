/**
 * The tools that count: which of them are installed. One line says which is
 * missing or refuses.
 */
import type { CompileOptions } from "../compile.ts";
import { NativeEngineError } from "../error.ts";
import type { CountToolName } from "../../setup/count_choice.ts";
import type { CountTool } from "./count_tool.ts";
import { findPerfTool } from "./perf_tool.ts";
import { findQemuTool } from "./qemu_tool.ts";
import type { Toolchain } from "./toolchain.ts";
import { findValgrindTool } from "./valgrind_tool.ts";

/** Longest time for one run of a program under a tool, in ms. */
const RUN_MS = 60_000;

/**
 * @param options The machine of the programs, how QEMU's plugin is compiled for
 *   this computer, and the longest time for one run.
 * @throws {NativeEngineError} If it is missing or cannot be used; one line.
 */
export async function findTool(
  name: CountToolName,
  options: Omit<CompileOptions, "flags"> & { readonly toolchain: Toolchain },
): Promise<CountTool> {
  const { toolchain, cc, cacheDir, timeoutMs = RUN_MS } = options;
  const { programs = {}, qemu } = toolchain;
  if (name === "qemu") {
    return await findQemuTool({ program: qemu, timeoutMs, cc, cacheDir });
  }
  requireHost(name, toolchain);
  const by = { program: programs[name] ?? name, timeoutMs };
  return await (name === "perf" ? findPerfTool(by) : findValgrindTool(by));
}

/** Others' programs are run by QEMU alone. */
function requireHost(
  name: string,
  { runsHere, machine, qemu }: Toolchain,
): void {
  if (runsHere) return;
  throw new NativeEngineError(
    `Cannot count with ${name}: the program is for ${machine}, expected ` +
      `${qemu} for it`,
  );
}
