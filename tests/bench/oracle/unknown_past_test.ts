import { assert, assertEquals } from "@std/assert";
import type { OracleRow } from "../../../bench/oracle/oracle_row.ts";
import { pathReplay } from "../../../bench/oracle/path_replay.ts";
import { replayFile } from "../../../bench/oracle/run_oracle.ts";
import {
  KnownPast,
  possiblePasts,
  sidesOf,
} from "../../../bench/oracle/unknown_past.ts";
import type { DirectIo } from "../../../sim/block/direct_io.ts";
import { recordedFile } from "../../recorded_rows.ts";

function io(operation: number, more: Partial<DirectIo> = {}): DirectIo {
  return {
    operation,
    sectorLo: 8,
    sectorHi: 0,
    lengthBytes: 4096,
    pieces: {} as never,
    firstPiece: 0,
    endPiece: 0,
    flags: 0,
    priority: 0,
    api: "aio",
    cookie: 0,
    ...more,
  };
}

function row(id: string): OracleRow {
  const run = id.split(".")[0] ?? "";
  return {
    line: 1,
    run,
    id,
    api: "aio",
    ios: [],
    bios: [],
    requests: [],
    commands: [],
    repeatable: true,
  };
}

Deno.test("KnownPast knows until a row is missing, and again by rows", () => {
  const reads = sidesOf([io(0), io(0)]);
  const both = sidesOf([io(0), io(1), io(1, { lengthBytes: 0 })]);
  assertEquals([...both.keys()], ["0 0", "0 1"]);
  const past = new KnownPast();
  const unknown = (id: string, sides = both) => [
    ...past.take(row(id), sides).keys(),
  ];
  assertEquals(unknown("a.1.seq"), []);
  assertEquals(unknown("a.2.seq"), []);
  assertEquals(unknown("a.4.seq"), ["0 0", "0 1"]);
  past.end(reads, true);
  assertEquals(unknown("a.5.seq"), ["0 1"]);
  // A row of two outcomes leaves nothing known.
  past.end(both, false);
  assertEquals(unknown("a.6.seq"), ["0 0", "0 1"]);
  // Another device, whole, and one whose first row is missing.
  assertEquals(unknown("b.1.seq"), []);
  assertEquals(unknown("c.2.seq"), ["0 0", "0 1"]);
  // Ids without numbers say nothing.
  assertEquals(unknown("d.seq"), []);
  // A priority class of its own.
  const classes = sidesOf([io(0), io(0, { priority: 1 << 13 })]);
  assertEquals([...classes.keys()], ["0 0", "1 0"]);
});

Deno.test("possiblePasts() are those that a row can go on from", () => {
  const ios = [io(0), io(0, { sectorLo: 100 }), io(1, { sectorLo: 100 })];
  assertEquals(possiblePasts(ios).map(({ sector }) => sector), [
    8,
    100,
    2 ** 31 - 8,
  ]);
});

Deno.test("with rows missing, what is covered is exact still", async () => {
  for (const kernel of ["6.1", "6.12", "7.2"]) {
    const file = await recordedFile(`merge.${kernel}`);
    const rows = file.rows.filter(({ run }, index) =>
      run === "mqd_aio" && index % 2 === 0
    );
    const result = replayFile({ ...file, rows }, pathReplay(file));
    assertEquals(result.differences, []);
    assertEquals(result.exact, result.covered);
    const left = rows.length - result.covered;
    // 6.1 goes on from no row.
    assertEquals(left > 0, kernel !== "6.1");
    assertEquals(
      result.reasons[
        "the scheduler goes on from where an unknown row has left it"
      ] ?? 0,
      left,
    );
    assert(result.covered > 10);
  }
});
