import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readCpu } from "../../../bench/setup/cpu_option.ts";
import { hostCpu } from "../../../bench/setup/host_cpu.ts";
import { inFolder } from "../lab_in_process.ts";

const SAMPLE = new URL("../../data/lspci/lscpu.json", import.meta.url).pathname;

/** A /sys with these files of cpu0's caches. */
function sys(caches: readonly Record<string, string>[]) {
  return (path: string | URL): Promise<string> => {
    const [, index, name] = /cache\/index(\d+)\/(\w+)$/.exec(`${path}`) ?? [];
    const text = caches[Number(index)]?.[name ?? ""];
    return text === undefined
      ? Promise.reject(new Deno.errors.NotFound("No such file"))
      : Promise.resolve(`${text}\n`);
  };
}

const L1D = {
  level: "1",
  type: "Data",
  size: "48K",
  "coherency_line_size": "64",
  "ways_of_associativity": "12",
};
const L1I = {
  ...L1D,
  type: "Instruction",
  size: "32K",
  "ways_of_associativity": "8",
};
const L2 = {
  ...L1D,
  level: "2",
  type: "Unified",
  size: "1280K",
  "ways_of_associativity": "10",
};

Deno.test("hostCpu() takes the caches that /sys shows", async () => {
  const { name, levels } = await hostCpu(sys([L1D, L1I, L2]));
  assertEquals(name, "host");
  assertEquals(
    levels.map((
      level,
    ) => [level.name, level.sizeBytes, level.ways, level.holds]),
    [
      ["L1i", 32768, 8, "instruction"],
      ["L1d", 49152, 12, "data"],
      ["L2", 1310720, 10, undefined],
    ],
  );
});

Deno.test("hostCpu() says what to do where /sys shows none", async () => {
  const refused = async (read: (path: string | URL) => Promise<string>) =>
    (await assertRejects(() => hostCpu(read), RangeError)).message;
  const way = 'expected "lscpu -C --json >cpu.json" and --cpu ./cpu.json, or ' +
    "--allow-all";
  const first = "/sys/devices/system/cpu/cpu0/cache/index0/level";
  assertEquals(
    await refused(sys([])),
    `Cannot use CPU "host": ${first}: no such file, ${way}`,
  );
  assertEquals(
    await refused(() => Promise.reject(new Deno.errors.NotCapable("no"))),
    `Cannot use CPU "host": ${first}: Deno has no permission for it, ${way}`,
  );
  const { "ways_of_associativity": _, ...withoutWays } = L1D;
  assertEquals(
    await refused(sys([withoutWays])),
    `Cannot use CPU "host": an L1 Data cache without line or ways, ${way}`,
  );
  assertEquals(
    await refused(sys([{ level: "1" }])),
    `Cannot use CPU "host": /sys shows no cache, ${way}`,
  );
});

Deno.test("readCpu() takes what lscpu printed for a CPU file", async () => {
  assertEquals((await readCpu(SAMPLE)).levels.length, 4);
  await inFolder(async (folder) => {
    const file = `${folder}/cpu.json`;
    await Deno.writeTextFile(file, '{\n "caches": 3 }');
    const { message } = await assertRejects(() => readCpu(file), SyntaxError);
    assertStringIncludes(
      message,
      `"${file}": line 2, column 12: caches: found 3`,
    );
    await Deno.writeTextFile(file, "NAME ONE-SIZE\nL1d 32K\n");
    await assertRejects(() => readCpu(file), SyntaxError, "line 1, column 1");
  });
});
