import { assert, assertEquals } from "@std/assert";
import { basename } from "@std/path";
import type {
  OracleFile,
  OracleRun,
} from "../../../bench/oracle/oracle_row.ts";
import { pathReplay } from "../../../bench/oracle/path_replay.ts";
import {
  isSetupKnown,
  UNKNOWN_SETUP,
} from "../../../bench/oracle/recorded_setup.ts";
import { listOracleFiles } from "../../../bench/oracle/rows.ts";
import { replayFile } from "../../../bench/oracle/run_oracle.ts";
import { recordedFile, ROWS } from "../../recorded_rows.ts";

/** The file as if other things were known of its devices. */
function withRuns(
  file: OracleFile,
  change: (run: OracleRun) => OracleRun,
): OracleFile {
  const runs = new Map(
    [...file.runs].map(([name, run]) => [name, change(run)] as const),
  );
  return { ...file, runs };
}

Deno.test("a device without its set-up is not covered, whichever it is", async () => {
  for (const path of await listOracleFiles(ROWS)) {
    const name = basename(path, ".jsonl.gz");
    const whole = await recordedFile(name);
    const rows = whole.rows.filter(({ repeatable }) => repeatable).slice(0, 40);
    const file = { ...withRuns(whole, forget), rows };
    const { covered, reasons } = replayFile(file, pathReplay(file));
    assertEquals([covered, reasons], [0, { [UNKNOWN_SETUP]: rows.length }]);
  }
});

function forget({ name, disk, limits, maxSectors }: OracleRun): OracleRun {
  return {
    name,
    disk,
    limits,
    setup: "",
    ...(maxSectors === undefined ? {} : { maxSectors }),
  };
}

Deno.test("isSetupKnown() asks for what sysfs does not show", async () => {
  for (const name of ["split.7.2", "merge.6.1", "nvme.6.12"]) {
    const { runs } = await recordedFile(name);
    for (const run of runs.values()) assert(isSetupKnown(run), run.name);
  }
  const run = (
    disk: string,
    config?: readonly string[],
    steps: readonly string[] = [],
  ): OracleRun => ({
    name: "x",
    disk,
    limits: {},
    setup: [...config ?? [], ...steps].join("\n"),
    ...(config ? { config } : {}),
  });
  const cases: [OracleRun, boolean][] = [
    // virtio_blk has no parameter, once it is said that none was given.
    [run("vdb", []), true],
    [run("vdb"), false],
    [run("vdb", undefined, ["set /sys/block/vdb/queue/nomerges 2"]), false],
    [run("nb0", ["shdev mknb nb0 irqmode=0"]), true],
    [run("nb0", []), false],
    [run("nullb0"), false],
    [run("sda", ["shdev mksd clustering=1"]), true],
    [run("sda", []), false],
    // NVMe: the threshold, whatever of its making is known.
    [run("nvme0n1", undefined, ["set /sys/x/sgl_threshold 0"]), true],
    [run("nvme0n1", []), false],
    [run("nvme0n1"), false],
    [run("dm-0", ["dmsetup create"]), false],
  ];
  for (const [device, wanted] of cases) {
    assertEquals(isSetupKnown(device), wanted, JSON.stringify(device));
  }
});
