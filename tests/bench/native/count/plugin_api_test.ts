import { assertEquals } from "@std/assert";
import {
  type PluginApi,
  pluginApi,
} from "../../../../bench/native/count/plugin_api.ts";
import { askWitness } from "../../witness.ts";

const BENCH = new URL("../../../../bench/", import.meta.url).pathname;
const EMULATOR = new URL("./small_emulator.c", import.meta.url).pathname;
const VERSIONS: readonly PluginApi[] = [1, 2, 3, 6, 7];

Deno.test("pluginApi() gives what each QEMU takes, and has", () => {
  // Versions of qemu-plugin.h: 1 up to 8.2; 9.0 has 2 and takes no other; 9.1
  // has 3, 9.2 and 10 have 4 and 5, which take it; 11.0 has 6, 11.1 has 7.
  const found = [702, 802, 900, 901, 902, 1000, 1002, 1100, 1101, 1200];
  assertEquals(found.map(pluginApi), [1, 1, 2, 3, 3, 3, 3, 6, 7, 7]);
});

async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args })
    .output();
  const text = new TextDecoder();
  return success ? text.decode(stdout) : `failed: ${text.decode(stderr)}`;
}

Deno.test("the plugins compile for each version, and count with its callbacks", async () => {
  const folder = await Deno.makeTempDir();
  if (await askWitness("cc", ["--version"], { cwd: folder }) === undefined) {
    return;
  }
  try {
    await Promise.all(VERSIONS.map(async (version) => {
      const flags = [
        ...["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"],
        ...["-fvisibility=hidden", `-DPLUGIN_API=${version}`],
        `-I${BENCH}kernel/plugin`,
      ];
      const at = (name: string) => `${folder}/${name}${version}`;
      const compiled = await Promise.all([
        run("cc", ...flags, "-o", at("t"), `${BENCH}kernel/plugin/trace.c`),
        run("cc", ...flags, "-o", at("p"), `${BENCH}native/count/plugin.c`),
        run(
          "cc",
          ...["-std=gnu11", "-rdynamic", `-DPLUGIN_API=${version}`],
          ...["-o", at("emulator"), EMULATOR, "-ldl"],
        ),
      ]);
      assertEquals(compiled, ["", "", ""], `version ${version}`);
      const options = ["begin=1000", "end=1008", "line=64"];
      const said = await run(
        at("emulator"),
        at("p"),
        `out=${at("counts")}`,
        ...options,
      );
      assertEquals(said, "", `version ${version}`);
      // The second instruction loads 8 bytes at 0x203c: unaligned, and over
      // the line's end at 0x2040. The third one ends counting.
      assertEquals(
        (await Deno.readTextFile(at("counts"))).trim().split("\n").sort(),
        ["1000 1 0 0 0 0", "1004 1 1 0 1 1", "end"],
        `version ${version}`,
      );
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
