/** Workloads that come through a pipe, as a user sees them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../../bench/lab.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { fixedResult } from "../report/fixed_result.ts";
import { labVariables, labWords, outcomeOf, startLab } from "./lab_process.ts";

const EXACT = [
  ...["run", "--rounds", "0", "--layout", "page_offset"],
  ...["--cpu", "none", "--json", "-"],
];

/** A stream that gives its bytes in pieces, and then ends. */
function piped(bytes: Uint8Array | string): ReadableStream<Uint8Array> {
  const whole = typeof bytes === "string"
    ? new TextEncoder().encode(bytes)
    : bytes;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= whole.length) controller.close();
      else controller.enqueue(whole.slice(at, at += 100));
    },
  });
}

function run(args: readonly string[], stdin: Uint8Array | string) {
  return lab([...EXACT, ...args], undefined, piped(stdin));
}

interface Cell {
  readonly workload: string;
  readonly description: string;
  readonly digest: string;
  readonly ios: Record<string, number>;
}

function cells(out: string): Cell[] {
  return JSON.parse(out).cells;
}

Deno.test("lab run --workload - reads a job file, and goes with other workloads", async () => {
  const { status, out, err } = await run(
    ["--workload", "seq128k,-", "--abi", "lp64,ilp32"],
    "[a]\nrw=write\nbs=4k\nsize=64k\n",
  );
  assertEquals(status, 0, err);
  // Each cell reads it, though the pipe could be read once.
  assertEquals(
    cells(out).filter(({ workload }) => workload === "-")
      .map(({ ios }) => ios["writes"]),
    [16, 16],
  );
  assertStringIncludes(
    err,
    "lab: kept 28 B of standard input in a temporary file, for each cell",
  );
});

Deno.test("lab run takes standard input once, no terminal, nothing to resume", async () => {
  const cases: [string[], string][] = [
    [["--workload", "-,-"], "Cannot read standard input 2 times"],
    [["--workload", "-", "--resume", "x.json"], 'Cannot resume a run of "-"'],
    [
      ["--repeat", "x.json", "--resume", "y.json"],
      "Cannot use --repeat with --resume",
    ],
    [
      ["--repeat", "x.json", "--json", "./x.json", "--force"],
      'Cannot write "./x.json": it is the result that is repeated',
    ],
    [["--workload", "-", "--events", "X"], "expected one of Q, D, C, auto"],
    [["--workload", "-", "--format", "x"], 'Cannot find trace format "x"'],
    [["--workload", "4k-hot", "--events", "D"], "found a preset, expected a"],
    [["--workload", "seq128k", "--events", "D"], "holds I/Os and no events"],
    [["--workload", "seq128k,-"], 'Cannot read trace "standard input"'],
  ];
  for (const [args, message] of cases) {
    const { status, out, err } = await run(args, "what\n");
    assertEquals(status, 2, err);
    assertStringIncludes(err, message);
    assertEquals(out, ""); // nothing was half-run
  }
  let err = "";
  const status = await main([...EXACT, "--workload", "-"], {
    writeOut: () => {},
    writeError: (text) => err += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
    stdin: { readable: piped(""), isTerminal: () => true },
  });
  assertEquals(status, 2);
  assertStringIncludes(err, "standard input is a terminal, expected a pipe");
});

Deno.test("lab run --repeat reads no stream in place of a result's files", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, JSON.stringify(fixedResult()));
    const { status, out, err } = await run(
      ["--workload", "-", "--repeat", path],
      "what\n",
    );
    assertEquals([status, out], [2, ""], err);
    assertStringIncludes(
      err,
      'Cannot repeat a run of "-": found a stream, expected files',
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("lab run --events chooses, and tells so in the header", async () => {
  const line = (action: string, sector: number) =>
    `8,0 0 1 0.000000001 1 ${action} W ${sector} + 8 [x]\n`;
  const text = line("Q", 0) + line("Q", 8) + line("D", 0);
  for (const [events, writes] of [["auto", 2], ["q", 2], ["D", 1]] as const) {
    const { out } = await run(["--workload", "-", "--events", events], text);
    const [cell] = cells(out);
    assertEquals(cell?.ios["writes"], writes);
    assertEquals(
      cell?.description.startsWith(
        events === "auto"
          ? "blkparse text from"
          : `blkparse text, ${events.toUpperCase()} events from`,
      ),
      true,
    );
    const { config } = JSON.parse(out);
    const chosen = events === "auto" ? undefined : events.toUpperCase();
    assertEquals(config.events, chosen);
  }
});

Deno.test("lab run --format reads what blkparse -f wrote", async () => {
  const { status, out, err } = await run(
    ["--workload", "-", "--format", "%T.%t %a %d %S %n\\n"],
    "0.000104512 Q R 2048 8\n0.000104513 UT N 0 0\n",
  );
  assertEquals(status, 0, err);
  assertEquals(cells(out)[0]?.ios["reads"], 1);
});

Deno.test("lab explain and lab heat read standard input as it comes", async () => {
  const lines = new TextEncoder().encode("0 d read 4096 8192\n".repeat(5000));
  // A pipe that never ends: what is wanted stands at its beginning.
  const endless = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(new TextEncoder().encode("fio version 3 iolog\n")),
      pull: (controller) => controller.enqueue(lines),
    });
  const explained = await lab(
    ["explain", "--workload", "-", "--io", "2", "--json", "-"],
    undefined,
    endless(),
  );
  assertEquals(explained.status, 0, explained.err);
  assertStringIncludes(explained.out, "from standard input");
  const heat = await lab(
    ["heat", "--workload", "-", "--ios", "4"],
    undefined,
    endless(),
  );
  assertEquals(heat.status, 0, heat.err);
});

Deno.test("lab run reads a real pipe, and one that has a name", async () => {
  await inFolder(async (folder) => {
    const log = "fio version 3 iolog\n" + "0 d write 4096 4096\n".repeat(300);
    const path = `${folder}/x.iolog`;
    await Deno.writeTextFile(path, log);
    const words = [...EXACT, "--quiet", "--abi", "lp64,ilp32"];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...labWords(), ...words, "--workload", "-"],
      env: labVariables(),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const fed = ReadableStream.from([new TextEncoder().encode(log)])
      .pipeTo(child.stdin);
    const { code, out, err } = await outcomeOf(child);
    await fed;
    assertEquals([code, err], [0, ""]);
    const file = await lab([...words, "--workload", path]);
    assertEquals(
      cells(out).map(({ digest }) => digest),
      cells(file.out).map(({ digest }) => digest),
    );
    if (Deno.build.os === "windows") return;
    // As a shell's <(zcat x.gz) is.
    const pipe = `${folder}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    const named = lab([...words, "--workload", pipe]);
    await Deno.writeTextFile(pipe, log);
    const { status, out: found } = await named;
    assertEquals(status, 0);
    assertEquals(
      cells(found).map(({ digest }) => digest),
      cells(file.out).map(({ digest }) => digest),
    );
  });
});

Deno.test("a job file from a pipe finds what it names in the working directory", async () => {
  await inFolder(async (folder) => {
    const job = "[global]\ninclude inc/c.fio\n[w]\nrw=write\nsize=64k\n" +
      "[r]\nread_iolog=x.iolog\n";
    await Deno.mkdir(`${folder}/inc`);
    await Deno.mkdir(`${folder}/elsewhere`);
    await Deno.writeTextFile(`${folder}/inc/c.fio`, "bs=8k\n");
    await Deno.writeTextFile(`${folder}/j.fio`, job);
    await Deno.writeTextFile(
      `${folder}/x.iolog`,
      "fio version 3 iolog\n0 d add\n" + "0 d read 8192 4096\n".repeat(20),
    );
    const words = [...EXACT, "--quiet", "--ios", "9"];
    const file = await lab([...words, "--workload", `${folder}/j.fio`]);
    const [cell] = cells(file.out);
    assertStringIncludes(cell?.description ?? "", "w, r, first 9 reads and");
    // In turns, and the first turn is the writer's.
    assertEquals([cell?.ios["reads"], cell?.ios["writes"]], [4, 5]);
    const outcome = async (name: string, cwd: string) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: [...labWords(), ...words, "--workload", name],
        env: labVariables(),
        cwd,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const fed = ReadableStream.from([new TextEncoder().encode(job)])
        .pipeTo(child.stdin);
      if (name !== "-") await Deno.writeTextFile(name, job);
      const { code, out, err } = await outcomeOf(child);
      await fed;
      return code === 0 ? cells(out)[0]?.digest : err.trim();
    };
    assertEquals(await outcome("-", folder), cell?.digest);
    assertEquals(
      await outcome("-", `${folder}/elsewhere`),
      'lab: Cannot read fio job file "standard input": line 2, column 1: ' +
        'found "inc/c.fio", expected an included file that exists',
    );
    if (Deno.build.os === "windows") return;
    // That of a shell's <(...) has no folder, so that no pipe has one.
    const pipe = `${folder}/elsewhere/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    assertEquals(await outcome(pipe, folder), cell?.digest);
  });
});

Deno.test("lab run refuses a format and events of a job file from a pipe", async () => {
  for (
    const [args, message] of [
      [["--format", "iolog"], 'Cannot read iolog "standard input": line 1, '],
      [["--format", "ftrace"], 'events "standard input": line 1, column 1: '],
      [["--events", "D"], 'Cannot read workload "standard input" by its D'],
    ] as const
  ) {
    const { status, err } = await run(
      ["--workload", "-", ...args],
      "[a]\nsize=64k\n",
    );
    assertEquals(status, 2, err);
    assertStringIncludes(err, message);
  }
});

Deno.test("lab run leaves nothing of standard input behind", async () => {
  // A process of its own, for the files of others come and go meanwhile.
  await inFolder(async (folder) => {
    const child = startLab([...EXACT, "--workload", "-"], {
      env: { TMPDIR: folder, TEMP: folder, TMP: folder },
      stdin: "piped",
    });
    const fed = ReadableStream.from([new TextEncoder().encode("what\n")])
      .pipeTo(child.stdin);
    const { code, err } = await outcomeOf(child);
    await fed;
    assertEquals(code, 2, err);
    assertStringIncludes(err, "kept 5 B of standard input in a temporary file");
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});
