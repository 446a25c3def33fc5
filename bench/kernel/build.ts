/** Compiles the guest program and QEMU's plugin with the system's C compiler. */
import type { PluginApi } from "../native/count/plugin_api.ts";
import { runTool } from "./run_tool.ts";

const GUEST = `${import.meta.dirname}/guest`;
const PLUGIN = `${import.meta.dirname}/plugin`;

export interface Built {
  /** The guest's /init. */
  readonly init: string;
  readonly plugin: string;
}

/**
 * Compiles both.
 *
 * @throws {Error} If there is no compiler, or it cannot link statically.
 */
export async function build(
  folder: string,
  version: PluginApi,
): Promise<Built> {
  const init = `${folder}/init`;
  const plugin = `${folder}/plugin.so`;
  await compile("the guest program (statically: needs libc.a)", [
    ...["-static", "-O2", "-o", init],
    ...["guest.c", "engine.c", "buffers.c", "verify.c", "kernel_log.c"].map((
      name,
    ) => `${GUEST}/${name}`),
  ]);
  await compile("the plugin", [
    ...["-shared", "-fPIC", "-O2", "-fvisibility=hidden", "-pthread"],
    ...[`-DPLUGIN_API=${version}`, "-o", plugin, `${PLUGIN}/trace.c`],
  ]);
  return { init, plugin };
}

async function compile(what: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runTool("cc", args, {
    missing: "a C compiler (Debian: apt install gcc libc6-dev)",
  });
  if (status === 0) return;
  const [line = ""] = stderr.split("\n").filter((one) =>
    /error|cannot/i.test(one)
  );
  throw new Error(
    `Cannot compile ${what}: cc ended with ${status}: ${
      line || stderr.slice(0, 200)
    }, ` +
      `expected a compiler for x86-64 Linux`,
  );
}
