import { assertEquals, assertRejects } from "@std/assert";
import { requireSameInputs, RunInputs } from "../../../bench/run/run_inputs.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { openFile } from "../../../sim/workload/trace_files.ts";
import { inFolder, lab } from "../lab_in_process.ts";

/** A log of fio's with so many reads of 4 KiB. */
function iolog(reads: number): string {
  const lines = Array.from(
    { length: reads },
    (_, i) => `f read ${i * 4096} 4096\n`,
  );
  return `fio version 2 iolog\nf add\nf open\n${lines.join("")}f close\n`;
}

/** echo -n abc | sha256sum */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Deno.test("RunInputs note files once, with their digests", async () => {
  await inFolder(async (folder) => {
    const inputs = new RunInputs();
    try {
      const path = `${folder}/abc`;
      await Deno.writeTextFile(path, "abc");
      for (let i = 0; i < 2; i++) await (await openFile(path)).cancel();
      assertEquals(await inputs.digestNew(), []);
      assertEquals(inputs.list, [{ name: path, sizeBytes: 3, sha256: ABC }]);
      await requireSameInputs(inputs.list, "a.json");
    } finally {
      inputs.stop();
    }
    await (await openFile(`${folder}/abc`)).cancel();
    assertEquals(inputs.list.length, 1);
  });
});

Deno.test("RunInputs have no digest of a file that changes under them", async () => {
  await inFolder(async (folder) => {
    const inputs = new RunInputs();
    try {
      const path = `${folder}/growing`;
      await Deno.writeTextFile(path, "abc");
      const stream = await openFile(path);
      await Deno.writeTextFile(path, "abcdef");
      await stream.cancel();
      const warnings = await inputs.digestNew();
      assertEquals(warnings.map(({ code }) => code), ["input-changed"]);
      assertEquals(inputs.list[0]?.sha256, null);
    } finally {
      inputs.stop();
    }
  });
});

Deno.test("RunInputs have no digest of a file that another cell found otherwise", async () => {
  await inFolder(async (folder) => {
    const inputs = new RunInputs();
    try {
      const path = `${folder}/abc`;
      await Deno.writeTextFile(path, "abc");
      await (await openFile(path)).cancel();
      assertEquals(await inputs.digestNew(), []);
      // As long, and as old: only another file.
      const { mtime } = await Deno.stat(path);
      await Deno.writeTextFile(`${folder}/new`, "abd");
      await Deno.utime(`${folder}/new`, mtime ?? 0, mtime ?? 0);
      await Deno.rename(`${folder}/new`, path);
      await (await openFile(path)).cancel();
      const warnings = await inputs.digestNew();
      assertEquals(warnings.map(({ message }) => message), [
        `"${path}" changed while the run read it`,
      ]);
      assertEquals(inputs.list, [{
        name: path,
        sizeBytes: null,
        sha256: null,
      }]);
      await (await openFile(path)).cancel();
      assertEquals(await inputs.digestNew(), [], "it is told once");
    } finally {
      inputs.stop();
    }
  });
});

Deno.test("RunInputs end no run over a file that is gone", async () => {
  await inFolder(async (folder) => {
    const inputs = new RunInputs();
    try {
      const path = `${folder}/abc`;
      await Deno.writeTextFile(path, "abc");
      await (await openFile(path)).cancel();
      await Deno.remove(path);
      const warnings = await inputs.digestNew();
      assertEquals(warnings.map(({ code }) => code), ["input-changed"]);
      assertEquals(inputs.list, [{
        name: path,
        sizeBytes: null,
        sha256: null,
      }]);
    } finally {
      inputs.stop();
    }
  });
});

Deno.test("RunInputs note streams, and what a job file asks the machine for", async () => {
  const bytes = new TextEncoder().encode("abc");
  const name = "FIO_LAB_TEST_SIZE";
  const inputs = new RunInputs(
    new Map([["-", () => ReadableStream.from([bytes])]]),
  );
  try {
    Deno.env.set(name, "abc");
    parseFioJobs("a.fio", `[j]\nrw=read\nsize=64k\nfilename=\${${name}}\n`);
    await inputs.digestNew();
    const noted = [
      { name: `\${${name}}`, sizeBytes: 3, sha256: ABC },
      { name: "-", sizeBytes: 3, sha256: ABC },
    ];
    assertEquals(inputs.list, noted);
    await requireSameInputs(noted.slice(0, 1), "a.json");
    Deno.env.set(name, "abd");
    await assertRejects(
      () => requireSameInputs(noted.slice(0, 1), "a.json"),
      RangeError,
      `"\${${name}}" has changed (SHA-256 ba7816bf8f01 then, a52d159f262b now)`,
    );
  } finally {
    inputs.stop();
    Deno.env.delete(name);
  }
});

Deno.test("requireSameInputs() misses a CPU's file that was not there", async () => {
  await inFolder(async (folder) => {
    const name = `${folder}/a.blktrace.0`;
    await Deno.writeTextFile(name, "abc");
    const inputs = [{ name, sizeBytes: 3, sha256: ABC }];
    await requireSameInputs(inputs, "a.json");
    await Deno.writeTextFile(`${folder}/a.blktrace.1`, "");
    await assertRejects(
      () => requireSameInputs(inputs, "a.json"),
      RangeError,
      `"${folder}/a.blktrace.1" was not there when "${name}" was read`,
    );
  });
});

Deno.test("requireSameInputs() names what changed, is gone or is a pipe", async () => {
  await inFolder(async (folder) => {
    const name = `${folder}/trace`;
    const refuses = (sha256: string | null, found: string) =>
      assertRejects(
        () => requireSameInputs([{ name, sizeBytes: 3, sha256 }], "a.json"),
        RangeError,
        `Cannot resume "a.json": "${name}" ${found}, expected the input that ` +
          "it was run with",
      );
    await refuses(ABC, "cannot be read (no such file)");
    await Deno.writeTextFile(name, "abd");
    // echo -n abd | sha256sum
    await refuses(
      ABC,
      "has changed (SHA-256 ba7816bf8f01 then, a52d159f262b now)",
    );
    await refuses(null, "is not a file whose content could be compared");
    await Deno.writeTextFile(name, "abc");
    await requireSameInputs([{ name, sizeBytes: 3, sha256: ABC }], "a.json");
  });
});

Deno.test("lab run --resume refuses a trace that was replaced", async () => {
  await inFolder(async (folder) => {
    const trace = `${folder}/a.iolog`;
    await Deno.writeTextFile(trace, iolog(20));
    const run = [
      ...["run", "--rounds", "0", "--layout", "page_offset", "--cpu", "none"],
      ...["--workload", `${trace},randrw4k`, "--quiet"],
      ...["--json", `${folder}/r.json`],
    ];
    const first = await lab(run);
    assertEquals([first.status, first.err], [0, ""]);
    const file = `${folder}/r.json`;
    const whole: LabResult = JSON.parse(await Deno.readTextFile(file));
    // Shipped traces are code.
    assertEquals(whole.inputs?.map(({ name }) => name), [trace]);
    // As if it had been interrupted behind the first cell.
    const cut = { ...whole, complete: false, cells: whole.cells.slice(0, 1) };
    await Deno.writeTextFile(file, JSON.stringify(cut));
    await Deno.writeTextFile(trace, iolog(21));
    const refused = await lab([...run, "--resume"]);
    assertEquals([refused.status, refused.out], [2, ""]);
    assertEquals(
      refused.err.includes(
        `lab: Cannot resume "${file}": "${trace}" has chang`,
      ),
      true,
      refused.err,
    );
    await Deno.writeTextFile(trace, iolog(20));
    const resumed = await lab([...run, "--resume"]);
    assertEquals([resumed.status, resumed.err], [0, ""]);
    const again: LabResult = JSON.parse(await Deno.readTextFile(file));
    assertEquals(again.cells, whole.cells);
    assertEquals(again.inputs, whole.inputs);
  });
});

Deno.test("runLab() resumed with other code names it", async () => {
  const options = {
    layouts: ["page_offset"],
    workloads: ["randrw4k"],
    cpu: "none",
    rounds: 0,
  } as const;
  const { result } = await runLab(options);
  const environment = { ...result.environment, codeDigest: "0".repeat(64) };
  await assertRejects(
    () =>
      runLab(options, {
        resume: { result: { ...result, environment }, name: "a.json" },
      }),
    RangeError,
    'Cannot resume "a.json": environment.codeDigest is "000',
  );
});
