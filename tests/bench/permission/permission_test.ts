import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import config from "../../../deno.json" with { type: "json" };
import { inFolder } from "../lab_in_process.ts";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";
import { type Asked, audited, auditedLab, ROOT } from "./audited.ts";

/** What of the system the lab looks at to say what machine it ran on. */
const MACHINE_FILES = /^\/(sys\/devices\/system\/cpu|proc)\//;
const SYS = ["cpus", "osRelease", "systemMemoryInfo", "loadavg"];

/** In a worktree `.git` is a file, and the repository lies elsewhere. */
const REPOSITORY = /^gitdir: (.+?\/\.git)\//m.exec(
  await Deno.readTextFile(`${ROOT}/.git`).catch(() => ""),
)?.[1] ?? `${ROOT}/.git`;

/** Requests that are not for the project, the folder or the machine's name. */
function strange(asked: readonly Asked[], folder: string): Asked[] {
  return asked.filter(({ permission, value }) => {
    switch (permission) {
      case "read":
      case "write":
        return !value.startsWith(`${ROOT}/`) &&
          !value.startsWith(`${REPOSITORY}/`) && value !== folder &&
          !value.startsWith(`${folder}/`) && !MACHINE_FILES.test(value);
      case "env":
        return !["NO_COLOR", "DENO_V8_FLAGS"].includes(value);
      case "sys":
        return !SYS.includes(value);
      default:
        return true;
    }
  });
}

Deno.test("the library runs in memory with no permission at all", async () => {
  const script = new URL("./library_script.ts", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--quiet", script],
    stdin: "null",
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("tasks list what they need, and nothing whole that can be named", () => {
  for (const [name, task] of Object.entries(config.tasks)) {
    if (!("command" in task)) continue;
    const flags = task.command.split(/\s+/).filter((word) =>
      /^-A$|^--allow/.test(word)
    );
    for (const flag of flags) {
      const [permission, scope] = flag.split("=", 2);
      const told = `task ${name}: ${flag}`;
      switch (permission) {
        case "--allow-read":
        case "--allow-write":
          break; // what the user names can lie anywhere
        case "--allow-env":
        case "--allow-run":
          // Tests start outside witnesses, compilers that they make, one that
          // is not there, Deno by its path, and sh, which starts anything.
          assert(/^test(:live)?$/.test(name) || scope !== undefined, told);
          break;
        case "--allow-sys":
          assertEquals(scope?.split(",").sort(), [...SYS].sort(), told);
          break;
        case "--allow-ffi":
          // The library that cc has just made has a name of its own each time.
          assertMatch(
            name,
            /native$|^(study|bench:targets|check:timing|test(:live)?)$/,
            told,
          );
          break;
        default:
          assert(false, told); // -A, --allow-net, --allow-import
      }
    }
  }
});

Deno.test("tasks ask no server whether there is a newer Deno", () => {
  for (const [name, task] of Object.entries(config.tasks)) {
    if (!("command" in task)) continue;
    for (const command of task.command.split(" && ")) {
      assertMatch(command, /^DENO_NO_UPDATE_CHECK=1 (\S+=\S+ )*deno /, name);
    }
  }
});

Deno.test("no program asks for more than its task lists", async () => {
  await inFolder(async (folder) => {
    folder = await Deno.realPath(folder);
    const run = ["run", "--rounds", "0", "--layout", "page_offset"];
    await Deno.writeTextFile(
      `${folder}/old.json`,
      JSON.stringify(fixedResult()),
    );
    await Deno.mkdir(`${folder}/rows`);
    for (const name of ["nvme-pi.7.2.jsonl.gz", "nvme-pi.7.2.meta.json.gz"]) {
      const from = join(ROOT, "tests/data/kernel/rows", name);
      await Deno.copyFile(from, `${folder}/rows/${name}`);
    }
    const programs: [string, string[]][] = [
      [
        "lab",
        [...run, "--workload", "randrw4k", "--ios", "16", "--json", "new.json"],
      ],
      ["oracle", ["--rows", "rows"]],
      ["fuzz", ["din", "--runs", "5"]],
    ];
    for (const [task, args] of programs) {
      const { code, err, asked } = await audited(task, args, folder);
      assertEquals([code, err.includes("NotCapable")], [0, false], err);
      assertEquals(strange(asked, folder), [], `${task} ${args.join(" ")}`);
      // The audit works: each of these reads a file, but for the fuzzers.
      assertEquals(
        asked.some(({ permission }) => permission === "read"),
        task !== "fuzz",
      );
    }
    const { done, asked } = await auditedLab([
      ["layouts", "--layout", "phys_packed"],
      ["topology", "one_switch"],
      ["report", "old.json", "--mail"],
      ["compare", "old.json", "old.json"],
    ], folder);
    for (const { code, err } of done) {
      assertEquals([code, err.includes("NotCapable")], [0, false], err);
    }
    assertEquals([done.length, strange(asked, folder)], [4, []]);
    // The last two read a file, and the first two none.
    const read = asked.filter(({ permission }) => permission === "read");
    assertEquals(
      new Set(read.map(({ value }) => value)),
      new Set([`${folder}/old.json`]),
    );
  });
});

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names;
}

Deno.test("a soak asks for no more than its task lists", async () => {
  // Its permission is for the project, where deno task starts it.
  const { code, err, asked } = await audited("soak", [
    ...["--ios", "3", "--layout", "page_offset"],
  ], ROOT);
  assertEquals([code, err], [0, ""]);
  assertEquals(strange(asked, ROOT), []);
});

/** Files of a stranger who hopes that a name in them is opened or run. */
const BAIT = "/etc/passwd";

Deno.test("names in traces, job files, trees and plans are data", async () => {
  await inFolder(async (folder) => {
    folder = await Deno.realPath(folder);
    const write = (name: string, text: string) =>
      Deno.writeTextFile(join(folder, name), text);
    await write(
      "s.iolog",
      `fio version 3 iolog\n0 ${BAIT} add\n1 ${BAIT} open\n` +
        `2 ${BAIT} write 0 4096\n3 $(touch\x1b[2J) read 0 512\n`,
    );
    await write(
      "s.fio",
      `[global]\nfilename=${BAIT}\ndirectory=/etc\n` +
        `write_iolog=pwned\nexec_prerun=touch pwned\nioengine=external:${BAIT}\n` +
        "include /etc/passwd\n".replace("include ", "; include ") +
        "[j]\nsize=1m\nrw=read\nbs=64k\n",
    );
    await write(
      "s.csv",
      `128170000000000000,${BAIT},0,Write,1048576,8192,4210\n`,
    );
    await write(
      "s.json",
      JSON.stringify({
        schemaVersion: 1,
        name: "../../etc/passwd",
        cpu: { vendor: "intel", family: 6 },
        dram: [{ startPhys: "0x100000000", size: "256MiB" }],
        hostBridges: [{ rootBus: 0 }],
        functions: [{
          address: "0000:00:01.0",
          name: "/etc/passwd",
          kind: "endpoint",
          id: "1b36:0010",
          bars: [{ index: 4, startPhys: "0x3c0000000000", size: "64MiB" }],
          providerBars: [4],
        }],
      }),
    );
    const before = (await namesIn(folder)).length;
    const { done, asked } = await auditedLab([
      [
        ...["run", "--rounds", "0", "--layout", "page_offset", "--cpu"],
        ...["none", "--workload", "s.iolog,s.fio,s.csv", "--topology"],
        ...["s.json", "--client", "/etc/passwd"],
      ],
      ["topology", "s.json"],
    ], folder);
    assertEquals(strange(asked, folder), []);
    assertEquals(done.length, 2);
    for (const { code, out, err } of done) {
      assertEquals(code, 0, err);
      assertEquals(/(?!\n)\p{Cc}/u.test(out + err), false);
    }
    assertEquals((await namesIn(folder)).length, before);
  });
});

Deno.test("a job file opens no file outside of its folder", async () => {
  await inFolder(async (folder) => {
    folder = await Deno.realPath(folder);
    await Deno.mkdir(join(folder, "inner"));
    await Deno.writeTextFile(join(folder, "x.iolog"), "fio version 3 iolog\n");
    const lines = [
      `read_iolog=${BAIT}`,
      "read_iolog=../x.iolog",
      `include ${BAIT}`,
      "include ../x.iolog",
      "size=${HOME}",
    ];
    for (const [i, line] of lines.entries()) {
      const path = join(folder, "inner", `${i}.fio`);
      await Deno.writeTextFile(path, `[j]\n${line}\n`);
    }
    const { done, asked } = await auditedLab(
      lines.map((_, i) => [
        ...["run", "--rounds", "0", "--layout", "page_offset"],
        ...["--workload", `inner/${i}.fio`],
      ]),
      folder,
    );
    assertEquals(strange(asked, folder), []);
    for (const [i, line] of lines.entries()) {
      const { code, err } = done[i] ?? { code: -1, err: line };
      assertEquals(code, 2, err);
      assertStringIncludes(err, `${i}.fio`);
      assertStringIncludes(err, "line 2, column ");
      const opened = join(folder, "inner", `${i}.fio`);
      assert(asked.some(({ value }) => value === opened), line);
    }
    assertEquals(
      asked.some(({ value }) => value === join(folder, "x.iolog")),
      false,
    );
  });
});

Deno.test("a stranger's result can make the lab neither open nor run a thing", async () => {
  await inFolder(async (folder) => {
    folder = await Deno.realPath(folder);
    const wild = `x.iolog'; touch pwned; \x1b[2J\x9b31m\u202e$(touch pwned)`;
    const evil = {
      ...fixedResult({ cells: [fixedCell({ workload: wild })] }),
      config: {
        layouts: ["page_offset"],
        workloads: [BAIT, wild],
        abis: ["lp64"],
        recognitions: ["page"],
        topology: BAIT,
        machine: { sgl: false, iommu: false, topology: { name: BAIT } },
      },
    };
    const told = {
      ...evil,
      config: {
        ...evil.config,
        command: `run --workload ${BAIT}; touch pwned --json /etc/cron.d/x ` +
          "--force --iolog=/etc/x --resume /etc/passwd --depth 8",
      },
    };
    await Deno.writeTextFile(`${folder}/evil.json`, JSON.stringify(evil));
    await Deno.writeTextFile(`${folder}/told.json`, JSON.stringify(told));
    const commands = [
      ["report", "evil.json"],
      ["report", "evil.json", "--mail"],
      ["report", "evil.json", "--markdown"],
      ["report", "told.json", "--mail"],
      ["compare", "evil.json", "told.json", "--force"],
    ];
    const { done, asked } = await auditedLab(commands, folder);
    assertEquals(strange(asked, folder), []);
    assertEquals(done.length, commands.length);
    for (const [i, { code, out, err }] of done.entries()) {
      const args = commands[i] ?? [];
      assertEquals(code, 0, err);
      assertEquals(/(?!\n)[\p{Cc}\u202e]/u.test(out + err), false, args.join());
      if (args[1] === "told.json") {
        const line = out.replaceAll(/ \\\n +/g, " ").split("\n")
          .find((text) => text.includes("deno task lab"));
        // No word of the stranger's command, and each of the others in quotes.
        assertStringIncludes(
          line ?? "",
          `run --layout page_offset --abi lp64 --workload ${BAIT} ` +
            `--workload 'x.iolog'\\''; touch pwned; `,
        );
        assertEquals(/cron|--force|--iolog|--resume/.test(line ?? ""), false);
      }
    }
    assertEquals(
      (await namesIn(folder)).sort(),
      ["evil.json", "told.json"],
    );
  });
});
