import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { claimFile } from "../../../bench/files/claimed_file.ts";
import {
  checkOutput,
  keepElsewhere,
  writeJson,
  writeWhole,
} from "../../../bench/shell/output.ts";
import { OutputFile } from "../../../bench/shell/output_file.ts";
import { PARTIAL } from "../../../bench/shell/output_place.ts";
import { main } from "../../../bench/lab.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { topologyNames } from "../../../sim/pci/presets.ts";
import { inFolder, lab } from "../lab_in_process.ts";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .sort();
}

const refuses = (path: string, found: string, force = false) =>
  assertRejects(
    () => checkOutput(path, { force }),
    Error,
    `Cannot write "${path}": ${found}`,
  );

Deno.test("checkOutput() takes a new path and leaves nothing behind", async () => {
  await inFolder(async (folder) => {
    await checkOutput(`${folder}/a.json`);
    await checkOutput("-");
    await Deno.writeTextFile(`${folder}/b.json`, "old");
    await checkOutput(`${folder}/b.json`, { force: true });
    assertEquals(await namesIn(folder), ["b.json"]);
    assertEquals(await Deno.readTextFile(`${folder}/b.json`), "old");
  });
});

Deno.test("checkOutput() refuses what could not be written in the end", async () => {
  await inFolder(async (folder) => {
    const path = (name: string) => `${folder}/${name}`;
    await Deno.writeTextFile(path("file"), "");
    await refuses(path("file"), "the file exists, expected a new path or");
    await refuses(folder, "it is a directory");
    await refuses(folder, "it is a directory", true);
    await refuses(path("no/a.json"), `"${path("no")}" is not a directory`);
    await refuses(path("file/a.json"), `"${path("file")}" is not a directory`);
    // The name of the partial file is short, this one's is not.
    await refuses(path("x".repeat(300)), "file name too long");
    assertEquals(await namesIn(folder), ["file"]);
  });
});

Deno.test("checkOutput() takes a link for what has the name", async () => {
  await inFolder(async (folder) => {
    const link = `${folder}/link`;
    await Deno.symlink(`${folder}/nowhere`, link);
    await refuses(link, "it is a symbolic link that leads nowhere");
    await checkOutput(link, { force: true });
    await writeWhole(link, "new", { force: true });
    // The link is replaced, and what it named is not made.
    assertEquals(await namesIn(folder), ["link"]);
    assertEquals((await Deno.lstat(link)).isFile, true);
    await Deno.writeTextFile(`${folder}/there`, "old");
    await Deno.symlink(`${folder}/there`, `${folder}/other`);
    await refuses(`${folder}/other`, "the file exists");
  });
});

Deno.test("checkOutput() refuses devices and pipes, --force or not", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await refuses("/dev/null", "it is a device or a pipe", true);
  await inFolder(async (folder) => {
    const fifo = `${folder}/fifo`;
    const { success } = await new Deno.Command("mkfifo", { args: [fifo] })
      .output();
    assert(success);
    await refuses(fifo, "it is a device or a pipe", true);
  });
});

Deno.test("checkOutput() removes what a lab that was killed has left", async () => {
  await inFolder(async (folder) => {
    const held = await claimFile(folder, PARTIAL);
    const dead = await claimFile(folder, PARTIAL);
    dead.file.close();
    await checkOutput(`${folder}/a.json`);
    assertEquals(await namesIn(folder), [held.path.slice(folder.length + 1)]);
    held.file.close();
  });
});

/** Does something where there are no hard links, as on vfat. */
async function withoutLinks(work: () => Promise<void>): Promise<void> {
  const { link } = Deno;
  Deno.link = () =>
    Promise.reject(
      new Deno.errors.PermissionDenied(
        "Operation not permitted (os error 1): link",
      ),
    );
  try {
    await work();
  } finally {
    Deno.link = link;
  }
}

Deno.test("outputs need no hard links", async () => {
  await inFolder(async (folder) => {
    await withoutLinks(async () => {
      const path = `${folder}/a.json`;
      await checkOutput(path);
      await writeWhole(path, "whole");
      assertEquals(await Deno.readTextFile(path), "whole");
      await assertRejects(
        () => writeWhole(path, "other"),
        Deno.errors.AlreadyExists,
        "the file exists",
      );
      await checkOutput(path, { force: true });
      await writeWhole(path, "other", { force: true });
      assertEquals(await Deno.readTextFile(path), "other");
      const file = await OutputFile.create(`${folder}/b.iolog`);
      file.write(new TextEncoder().encode("log"));
      await file.finish();
      await file.discard();
      assertEquals(await Deno.readTextFile(`${folder}/b.iolog`), "log");
      assertEquals(await namesIn(folder), ["a.json", "b.iolog"]);
    });
  });
});

Deno.test("OutputFile.finish() replaces nothing that has appeared meanwhile", async () => {
  await inFolder(async (folder) => {
    const file = await OutputFile.create(`${folder}/a`);
    await Deno.writeTextFile(`${folder}/a`, "theirs");
    await assertRejects(
      () => file.finish(),
      Deno.errors.AlreadyExists,
      "the file exists",
    );
    await file.discard();
    assertEquals(await Deno.readTextFile(`${folder}/a`), "theirs");
    assertEquals(await namesIn(folder), ["a"]);
  });
});

Deno.test("writeJson() keeps what it cannot write where it should", async () => {
  await inFolder(async (folder) => {
    const target = `${folder}/gone/a.json`;
    let out = "";
    const error = await assertRejects(
      () =>
        writeJson(target, { a: 1 }, {
          writeOut: (text) => out += text,
          writeError: () => {},
          errorIsTerminal: false,
          color: false,
          signal: new AbortController().signal,
        }),
      Error,
      `Cannot write "${target}": `,
    );
    const path = /the whole result is kept in "(.+)"$/.exec(error.message)?.[1];
    assert(path !== undefined, error.message);
    assertEquals(await Deno.readTextFile(path), '{\n  "a": 1\n}\n');
    assertEquals(out, "");
    await Deno.remove(path);
  });
});

Deno.test("keepElsewhere() prints what can be kept nowhere", async () => {
  const { makeTempFile } = Deno;
  Deno.makeTempFile = () => Promise.reject(new Error("No space left"));
  try {
    let out = "";
    assertMatch(
      await keepElsewhere("text", { writeOut: (text) => out += text }),
      /printed on standard output/,
    );
    assertEquals(out, "text");
  } finally {
    Deno.makeTempFile = makeTempFile;
  }
});

/** Runs `lab` with a standard output that takes so many texts. */
async function labWithFullOutput(args: readonly string[], texts: number) {
  let err = "";
  let told = 0;
  const status = await main(args, {
    writeOut: () => {
      if (++told > texts) throw new Error("Cannot write: no space left");
    },
    writeError: (text) => err += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  });
  return { status, err };
}

/** Told cell by cell, as `--details` is. */
const TWO_CELLS = ["run", "--rounds", "0", "--layout", "page_offset", "--quiet"]
  .concat("--details")
  .concat("--cpu", "none", "--workload", "randrw4k,4k-hot", "--ios", "200");

/** Reads the result that a message says is kept, and removes it. */
async function keptResult(err: string): Promise<LabResult> {
  const path = /the whole result is kept in "([^"]+)"/.exec(err)?.[1];
  assert(path !== undefined, err);
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("no result is lost because standard output is full", async () => {
  await inFolder(async (folder) => {
    // At the first cell, at the second one, and at the end.
    for (const texts of [0, 1, 2]) {
      const path = `${folder}/${texts}.json`;
      const { status, err } = await labWithFullOutput(
        [...TWO_CELLS, "--json", path],
        texts,
      );
      assertEquals([status, err], [2, "lab: Cannot write: no space left\n"]);
      const result: LabResult = JSON.parse(await Deno.readTextFile(path));
      assertEquals([result.complete, result.cells.length], [true, 2]);
    }
  });
});

Deno.test("what standard output does not take is kept", async () => {
  // Without a file, a run ends at the cell that could not be told.
  for (const [texts, cells] of [[0, 1], [1, 2], [2, 2]] as const) {
    const { status, err } = await labWithFullOutput(TWO_CELLS, texts);
    assertEquals(status, 2);
    assertEquals((await keptResult(err)).cells.length, cells);
  }
  const { status, err } = await labWithFullOutput(
    [...TWO_CELLS, "--json", "-"],
    0,
  );
  assertEquals(status, 2);
  const result = await keptResult(err);
  assertEquals([result.complete, result.cells.length], [true, 2]);
});

Deno.test("a file of JSON is written before the text is told", async () => {
  await inFolder(async (folder) => {
    const result = `${folder}/result.json`;
    assertEquals((await lab([...TWO_CELLS, "--json", result])).status, 0);
    const trace = `${folder}/t.din`;
    await Deno.writeTextFile(trace, "r 1000 4\n");
    for (
      const words of [
        ["cache", trace, "--cpu", "zen4"],
        ["compare", result, result],
        ["explain", "--workload", "randrw4k"],
        ["heat", "--workload", "randrw4k", "--ios", "8"],
        ["topology", topologyNames[0] as string],
        ["layouts"],
      ]
    ) {
      const path = `${folder}/${words[0]}.json`;
      const { status, err } = await labWithFullOutput(
        [...words, "--json", path, "--quiet"],
        0,
      );
      assertEquals([status, err], [2, "lab: Cannot write: no space left\n"]);
      JSON.parse(await Deno.readTextFile(path));
    }
  });
});
