import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { randomStream } from "../../../sim/random/random_stream.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { labVariables, labWords, outcomeOf, startLab } from "./lab_process.ts";

/** A cell of exact figures, as quick as it comes. */
const CELL = [
  ...["run", "--rounds", "0", "--layout", "page_offset", "--cpu", "none"],
  ...["--workload", "4k-hot", "--ios", "8", "--quiet", "--recognise", "page"],
];
/** Three of them. */
const RUN = CELL.with(-1, "page,bio,range");

/** What must be equal however often a run was interrupted. */
async function cellsOf(file: string): Promise<string> {
  return JSON.stringify(readResult(await Deno.readTextFile(file), file).cells);
}

async function namesIn(folder: string): Promise<string[]> {
  const names = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names;
}

Deno.test("lab run ends with 129, 130 or 143 at any moment, and resumes", async () => {
  await inFolder(async (folder) => {
    const whole = `${folder}/whole.json`;
    assertEquals((await lab([...RUN, "--json", whole])).status, 0);
    const random = randomStream(6, "moments of signals");
    const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"];
    await Promise.all(signals.map(async (_, i) => {
      const signal = signals[i] as Deno.Signal;
      const own = `${folder}/${i}`;
      await Deno.mkdir(own);
      const child = startLab([...RUN, "--json", `${own}/cut.json`]);
      // Before the modules are loaded, in a cell, between two, or too late.
      const moment = setTimeout(
        () => child.kill(signal),
        200 + random.below(1500),
      );
      const { code, err } = await outcomeOf(child);
      clearTimeout(moment);
      const wanted = {
        ...{ SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 },
      } as Record<
        string,
        number
      >;
      const told = `${signal}: ${code} ${err}`;
      assert(code === 0 || code === wanted[signal], told);
      assertMatch(err, /^(lab: (Interrupted|Terminated|Hung up)\n)?$/);
      const left = await namesIn(own);
      if (signal !== "SIGKILL") {
        assertEquals(left.filter((name) => name !== "cut.json"), [], told);
      }
      if (left.includes("cut.json")) {
        const text = await Deno.readTextFile(`${own}/cut.json`);
        assertEquals(readResult(text, "cut.json").complete, code === 0, told);
      }
      // Nothing to go on with is fine as well: all cells are run then.
      const resumed = await lab([
        ...RUN,
        "--json",
        `${own}/cut.json`,
        "--resume",
      ]);
      assertEquals([resumed.status, resumed.err], [0, ""]);
      assertEquals(await cellsOf(`${own}/cut.json`), await cellsOf(whole));
    }));
  });
});

/** Waits for a file with something in it: an empty one is tried before a run. */
async function written(folder: string, name: string): Promise<void> {
  const isWritten = () =>
    Deno.stat(`${folder}/${name}`).then(({ size }) => size > 0, () => false);
  using watcher = Deno.watchFs(folder);
  if (await isWritten()) return;
  for await (const _ of watcher) if (await isWritten()) return;
}

Deno.test("lab run says which signal ended it, and keeps the cells before", async () => {
  await inFolder(async (folder) => {
    const words: Readonly<Record<string, [number, string]>> = {
      SIGINT: [130, "lab: Interrupted\n"],
      SIGTERM: [143, "lab: Terminated\n"],
      SIGHUP: [129, "lab: Hung up\n"],
    };
    await Promise.all(
      Object.entries(words).map(async ([signal, told]) => {
        const own = `${folder}/${signal}`;
        await Deno.mkdir(own);
        const child = startLab([
          ...["run", "--layout", "page_offset", "--cpu", "none", "--quiet"],
          ...["--workload", "4k-hot,seqread-128k", "--ios", "8"],
          // The first cell is exact, and the second one takes longer than a test.
          ...["--time", "seqread-128k", "--budget", "600"],
          ...["--json", `${own}/cut.json`],
        ]);
        const outcome = outcomeOf(child);
        await Promise.race([
          written(own, "cut.json"),
          outcome.then(({ err }) => {
            throw new Error(`it ended before: ${err}`);
          }),
        ]);
        child.kill(signal as Deno.Signal);
        const { code, err } = await outcome;
        assertEquals([code, err], told);
        assertEquals(await namesIn(own), ["cut.json"]);
        const text = await Deno.readTextFile(`${own}/cut.json`);
        const { complete, cells } = readResult(text, "cut.json");
        assertEquals([complete, cells[0]?.workload], [false, "4k-hot"]);
      }),
    );
  });
});

Deno.test("lab run ends quietly when nobody reads on", async () => {
  const child = startLab(CELL);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const [status, err] = await Promise.all([
    child.status,
    new Response(child.stderr).text(),
  ]);
  assertEquals([status.code, err], [0, ""]);
});

Deno.test("lab run keeps the old file whole when no more can be written", async () => {
  await inFolder(async (folder) => {
    const one = `${folder}/one.json`;
    await lab([...CELL, "--json", one]);
    // Room for one cell and a half; a limit on files stands for a full disk.
    const blocks = Math.ceil((await Deno.stat(one)).size * 1.5 / 512);
    await Deno.remove(one);
    const { code, stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        `trap "" XFSZ; ulimit -f ${blocks}; exec "$@"`,
        "sh",
        Deno.execPath(),
        ...labWords(),
        ...RUN,
        "--json",
        "limited.json",
      ],
      cwd: folder,
      env: labVariables(),
      stdout: "null",
    }).output();
    const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
    assertEquals(code, 2);
    const cannot =
      /^lab: Cannot write "limited.json": file too large, expected room for \d+ bytes; /;
    assertMatch(lines[0] ?? "", cannot);
    assertStringIncludes(lines[0] ?? "", "tried again after the next cell");
    assertMatch(lines.at(-1) ?? "", cannot);
    assertStringIncludes(
      lines.at(-1) ?? "",
      "it holds 1 of 3 finished cells, --resume makes the others",
    );
    assertEquals(await namesIn(folder), ["limited.json"]);
    const text = await Deno.readTextFile(`${folder}/limited.json`);
    const { complete, cells } = readResult(text, "limited.json");
    assertEquals([complete, cells.length], [false, 1]);
  });
});

/** Runs the lab where so many files can be open at once. */
async function withDescriptors(most: number, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `ulimit -n ${most}; exec "$@"`,
      "sh",
      Deno.execPath(),
      ...labWords(),
      ...args,
    ],
    env: labVariables(),
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("lab run has as many isolates at once as there are descriptors", async () => {
  const run = [
    ...["run", "--rounds", "0", "--workload", "4k-hot", "--ios", "8"],
    ...["--layout", "phyr,phys_flags", "--cpu", "none", "--quiet"],
  ];
  // An isolate has 6 descriptors, beside what Deno has open.
  const found = await withDescriptors(100, run);
  assertEquals([found.code, found.err], [0, ""]);
  // What follows is the machine, the date and the command.
  const figures = (text: string) => text.split("\nbvec-lab ")[0];
  assertEquals(figures(found.out), figures((await lab(run)).out));
  const { code, out, err } = await withDescriptors(50, run);
  assertEquals([code, out], [2, ""]);
  assertMatch(
    err,
    /^lab: Cannot run: counting one layout takes 1 isolate at once, found file descriptors for 0, expected \d+ descriptors more \(ulimit -n\)\n$/,
  );
});

Deno.test("lab run says in one line that standard output is full", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const { code, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `exec "$@" >/dev/full`,
      "sh",
      Deno.execPath(),
      ...labWords(),
      ...CELL,
    ],
    env: labVariables(),
  }).output();
  assertEquals(code, 2);
  const said = new TextDecoder().decode(stderr);
  const kept = /; the whole result is kept in "([^"\n]+)"\n$/.exec(said);
  assertEquals(
    said.slice(0, kept?.index),
    "lab: Cannot write to standard output: no space left on device",
  );
  // What could not be told is there to be read.
  const path = kept?.[1] ?? "";
  readResult(await Deno.readTextFile(path), path);
  await Deno.remove(path);
});
