import { assert, assertEquals } from "@std/assert";
import { compareRow } from "../../../bench/oracle/compare.ts";
import type {
  OracleFile,
  OracleIo,
  OracleRequest,
  OracleRow,
} from "../../../bench/oracle/oracle_row.ts";
import { pathReplay } from "../../../bench/oracle/path_replay.ts";
import type { SeenRow } from "../../../bench/oracle/seen_row.ts";
import type { OpenPart } from "../../../bench/oracle/replay.ts";
import { recordedQueue } from "../../../bench/oracle/run_limits.ts";
import { timedParts } from "../../../bench/oracle/time_rules.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";
import { recordedFile, replayedRows } from "../../recorded_rows.ts";

const KERNELS = ["6.1", "6.12", "7.2"];

/** What a replay leaves open of each row, by the row's name. */
function openParts(file: OracleFile): Map<string, readonly OpenPart[]> {
  const replay = replayedRows(file);
  const found = new Map<string, readonly OpenPart[]>();
  for (const row of file.rows) {
    const run = file.runs.get(row.run);
    assert(run !== undefined);
    const replayed = replay(row, run, file.buffers);
    if ("notCovered" in replayed) continue;
    found.set(row.id, replayed.open);
  }
  return found;
}

Deno.test("what depends on time does so in every kernel", async () => {
  const files = await Promise.all(
    KERNELS.map((kernel) => recordedFile(`merge.${kernel}`)),
  );
  const open = files.map(openParts);
  const [first = new Map<string, readonly OpenPart[]>()] = open;
  let flushes = 0;
  for (const [id, parts] of first) {
    const flush = parts.includes("flush order");
    flushes += Number(flush);
    for (const other of open) {
      const others = other.get(id);
      if (others === undefined) continue; // covered in some kernels
      assertEquals(others.includes("flush order"), flush, id);
    }
  }
  // Two of fsync, two of FUA, on the one device with a volatile cache; with a
  // scheduler the fsyncs are not covered.
  assertEquals(flushes, 4 + 2);
  // More requests than tags, from a timer that completes none in between.
  for (const [index, file] of files.entries()) {
    let more = 0;
    for (const { id, run, api, requests } of file.rows) {
      const parts = open[index]?.get(id);
      const limits = file.runs.get(run)?.limits;
      if (limits?.scheduler?.includes("[mq")) continue; // completions.ts
      const tags = Number(limits?.nr_requests);
      if (parts === undefined || api === "sync" || requests.length <= tags) {
        continue;
      }
      more++;
      assert(parts.includes("issue order"), `${file.kernel} ${id}`);
    }
    assert(more > 40, `${more} rows`);
  }
});

Deno.test("who would not wait for a tag leaves no order open", async () => {
  for (const kernel of KERNELS) {
    const file = await recordedFile(`merge.${kernel}`);
    const replay = pathReplay(file);
    const run = file.runs.get("none_qd4_aio1");
    const like = file.rows.find((row) =>
      row.run === run?.name && row.ios.length === 8 &&
      row.requests.length === 8
    );
    assert(run !== undefined && like !== undefined);
    const answer = (flags: number) => {
      const ios = like.ios.map((io) => ({ ...io, flags }));
      const replayed = replay({ ...like, ios }, run, file.buffers);
      assert(!("notCovered" in replayed));
      return {
        open: replayed.open,
        refused: replayed.returned.filter((bytes) => bytes === -11).length,
      };
    };
    // Four tags for eight I/Os; RWF_NOWAIT is 8.
    assertEquals(answer(0), { open: ["issue order"], refused: 0 });
    assertEquals(answer(8), { open: [], refused: 4 });
  }
});

Deno.test("discards and zeroes of several bios may sleep, in every kernel", async () => {
  for (const kernel of KERNELS) {
    const file = await recordedFile(`split.${kernel}`);
    const open = openParts(file);
    const ranges = file.rows.filter(({ ios }) =>
      /[dz]/.test(ios[0]?.operation ?? "")
    );
    const several = ranges.filter(({ bios }) => bios.length > 1).length;
    assert(several > 20, `${several} of several bios`);
    for (const { id, run, bios } of ranges) {
      if ((file.runs.get(run)?.limits.scheduler ?? "").includes("[mq")) {
        continue; // orders all requests
      }
      const isOpen = open.get(id)?.includes("issue order");
      assertEquals(isOpen, bios.length > 1, `${kernel} ${id}`);
    }
  }
});

const IO: OracleIo = {
  operation: "w",
  offsetBytes: 0,
  sizeBytes: 4096,
  returned: 4096,
  vectors: [],
  flags: 0,
  priority: 0,
};
const FUA: OracleIo = { ...IO, flags: 2 };
const FSYNC: OracleIo = { ...IO, operation: "f", sizeBytes: 0, returned: 0 };
const ROW: OracleRow = {
  line: 1,
  run: "x",
  id: "x.1",
  api: "aio",
  ios: [],
  bios: [],
  requests: [],
  commands: [],
  repeatable: true,
};
const DATA: OracleRequest = ["WS", 0, 8, 1];
const FLUSH: OracleRequest = ["FF", 0, 0, 0];

Deno.test("timedParts() opens flushes that nobody waits for", () => {
  const parts = (
    ios: readonly OracleIo[],
    more: {
      api?: OracleRow["api"];
      requests?: readonly OracleRequest[];
      cache?: string;
      fua?: string;
      scheduler?: string;
      tagWaits?: number;
    } = {},
  ) => {
    const { api = "aio", requests = [DATA], cache = "write back" } = more;
    const queue = recordedQueue({
      name: "x",
      disk: "vdb",
      limits: {
        write_cache: cache,
        fua: more.fua ?? "0",
        scheduler: more.scheduler ?? "[none]",
      },
      config: [],
      setup: "",
    }, pathProfile("7.2"));
    const seen: SeenRow = {
      bios: [],
      requests: [...requests],
      commands: [],
      tagWaits: more.tagWaits ?? 0,
      errors: new Map(),
    };
    return timedParts({ ...ROW, api, ios }, { queue, seen });
  };
  assertEquals(parts([IO]), []);
  for (const api of ["aio", "aio1", "uring"] as const) {
    assertEquals(parts([IO, FSYNC], { api }), ["flush order"], api);
    assertEquals(parts([FUA], { api }), ["flush order"], api);
    const two = { api, requests: [DATA, DATA, FLUSH] };
    assertEquals(parts([FUA, IO], two), ["flush order", "issue order"], api);
  }
  // With a scheduler, several moments of completion are tried instead.
  assertEquals(parts([IO], { tagWaits: 1 }), ["issue order"]);
  const scheduler = "[mq-deadline] none";
  assertEquals(parts([IO], { tagWaits: 1, scheduler }), []);
  const zeroes: OracleIo = { ...IO, operation: "z" };
  assertEquals(parts([zeroes], { scheduler }), []);
  const split = { scheduler, requests: [DATA, DATA] };
  assertEquals(parts([zeroes], split), ["issue order"]);
  // Who waits for each knows the order, unless one I/O is several requests.
  assertEquals(parts([IO, FSYNC], { api: "sync" }), []);
  assertEquals(parts([FUA], { api: "sync" }), []);
  assertEquals(
    parts([FUA], { api: "sync", requests: [DATA, DATA, FLUSH] }),
    ["flush order"],
  );
  // No flush where there is no cache, none for FUA where the device takes it.
  assertEquals(parts([IO, FSYNC], { cache: "write through" }), []);
  assertEquals(parts([FUA], { cache: "write through" }), []);
  assertEquals(parts([FUA, IO], { fua: "1", requests: [DATA, DATA] }), []);
});

Deno.test("compareRow() wants a flush, wherever it stands", () => {
  const row: OracleRow = { ...ROW, requests: [DATA, FLUSH] };
  const compare = (
    requests: readonly OracleRequest[],
    open: readonly OpenPart[],
  ) =>
    compareRow("merge", row, {
      bios: [],
      requests,
      returned: [],
      commands: [],
      pageCacheRest: false,
      open,
    });
  const moved = [FLUSH, DATA];
  assertEquals(compare(moved, ["flush order"]), []);
  assertEquals(compare([FLUSH, DATA, FLUSH], ["flush order"]), []);
  assertEquals(compare(moved, []).length, 1);
  assertEquals(
    compare([DATA], ["flush order"]),
    ["flushes: false, expected true"],
  );
  // Data is compared as ever.
  assertEquals(compare([FLUSH], ["flush order"]).length, 1);
  assertEquals(compare([FLUSH, DATA, DATA], ["flush order"]).length, 1);
});
