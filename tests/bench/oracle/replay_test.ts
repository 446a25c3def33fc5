import { assertEquals } from "@std/assert";
import { compareRow } from "../../../bench/oracle/compare.ts";
import type {
  OracleCommand,
  OracleRow,
} from "../../../bench/oracle/oracle_row.ts";
import type { ReplayCommand, Replayed } from "../../../bench/oracle/replay.ts";
import {
  formatOracleResult,
  isExact,
  oracleResultSchema,
} from "../../../bench/oracle/result.ts";
import { replayFile } from "../../../bench/oracle/run_oracle.ts";
import { recordedFile } from "../../recorded_rows.ts";

/** The answer that copies what the kernel did. */
function copy(row: OracleRow): Replayed {
  return {
    bios: row.bios.filter((bio) => bio.sizeBytes > 0),
    requests: row.requests,
    returned: row.ios.map((io) => io.returned),
    commands: row.commands.map(copyCommand),
    pageCacheRest: false,
    open: [],
  };
}

function copyCommand(command: OracleCommand): ReplayCommand {
  const lists = command.listPages.map(([, entries]) => entries);
  return {
    operation: command.operation,
    firstBlock: command.firstBlock,
    blocks: command.blocks,
    kind: command.kind,
    pages: command.pages.map((offset) => ({ base: 0, offset })),
    lastPageBytes: command.lastPageBytes ?? 0,
    listEntries: lists,
    descriptors: command.descriptors.map((
      [offset, length],
    ) => [{ base: 0, offset }, length]),
    pointerType: command.dataPointer?.type ?? 0,
    pointerBytes: command.dataPointer?.sizeBytes ?? 0,
    control: command.control ?? 0,
    metadataBytes: 8 * command.blocks,
    ...(command.referenceTag === undefined
      ? {}
      : { referenceTag: command.referenceTag }),
  };
}

Deno.test("replayFile() finds a copy of the rows exact", async () => {
  for (const name of ["merge.7.2", "nvme-pi.6.1", "nvme.7.2"]) {
    const file = await recordedFile(name);
    const result = replayFile(file, copy);
    const kept = file.rows.filter(({ repeatable }) => repeatable).length;
    assertEquals([result.covered, result.exact], [kept, kept], name);
  }
});

Deno.test("replayFile() counts reasons of rows not covered", async () => {
  const file = await recordedFile("nvme-pi.7.2");
  const result = replayFile(
    file,
    (row) => row.run.startsWith("pi") ? { notCovered: "no tags" } : copy(row),
  );
  // Half of the 84 rows are with protection information.
  assertEquals(result.reasons, { "no tags": 42 });
  assertEquals([result.rows, result.covered, result.exact], [84, 42, 42]);
});

Deno.test("compareRow() tells every kind of difference", async () => {
  const file = await recordedFile("nvme.6.1");
  const row = file.rows.find(({ commands, requests }) =>
    requests.length > 1 && (commands[0]?.listPages.length ?? 0) > 0
  );
  if (row === undefined) throw new Error("expected a split row with a list");
  const right = copy(row);
  const command = right.commands[0];
  if (command === undefined) throw new Error("expected a command");
  const rest = right.commands.slice(1);
  const change = (what: Partial<ReplayCommand>): Partial<Replayed> => ({
    commands: [{ ...command, ...what }, ...rest],
  });
  const wrong: [string, Partial<Replayed>][] = [
    ["returned", { returned: [-5] }],
    ["bios", { bios: right.bios.slice(1) }],
    ["requests", { requests: right.requests.toReversed() }],
    ["commands", { commands: rest }],
    ["command 0 kind", change({ kind: "sgl" })],
    ["command 0 blocks", change({ blocks: 1 })],
    ["command 0 pages", change({ pages: command.pages.slice(1) })],
    ["command 0 last page", change({ lastPageBytes: 1 })],
    ["command 0 list entries", change({ listEntries: [1] })],
    ["command 0 control", change({ control: 1 })],
    ["command 0 reference tag", change({ referenceTag: 1 })],
  ];
  assertEquals(compareRow(file.kind, row, right), []);
  for (const [what, part] of wrong) {
    const found = compareRow(file.kind, row, { ...right, ...part });
    assertEquals(found.some((text) => text.startsWith(what)), true, what);
  }
});

Deno.test("compareRow() learns the base of an IOVA, page aligned", async () => {
  const file = await recordedFile("nvme-iommu.7.2");
  const row = file.rows.find(({ commands }) =>
    commands[0]?.kind === "prp" && commands[0].pages.length > 2
  );
  if (row === undefined) throw new Error("expected a row with PRPs");
  const answer = (shift: number): Replayed => {
    const right = copy(row);
    return {
      ...right,
      commands: right.commands.map((command) => {
        const first = command.pages[0]?.offset ?? 0;
        const pages = command.pages.map(({ offset }, index) => ({
          base: 1,
          offset: offset - (first & ~4095) + (index === 2 ? shift : 0),
        }));
        return { ...command, pages };
      }),
    };
  };
  assertEquals(compareRow(file.kind, row, answer(0)), []);
  // One page elsewhere cannot have the same base.
  assertEquals(compareRow(file.kind, row, answer(4096)).length > 0, true);
  assertEquals(compareRow(file.kind, row, answer(8)).length > 0, true);
});

Deno.test("formatOracleResult() prints counts and reasons", () => {
  const result = {
    schemaVersion: 1 as const,
    files: [{
      name: "merge.6.1",
      rows: 3,
      covered: 2,
      exact: 1,
      open: { "bio order": 1 },
      reasons: { "requests differ": 1, "not repeatable": 1 },
      differences: [{ line: 2, id: "a.2", text: "requests: 1, expected 2" }],
    }],
  };
  assertEquals(
    formatOracleResult(result),
    "file          rows  covered    exact\n" +
      "merge.6.1        3        2        1\n" +
      "  1 row: bio order not compared\n" +
      "  1 row: requests differ\n" +
      "  1 row: not repeatable\n" +
      "  line 2, a.2: requests: 1, expected 2\n",
  );
  assertEquals(isExact(result), false);
  assertEquals(oracleResultSchema.parse(result), result);
});
