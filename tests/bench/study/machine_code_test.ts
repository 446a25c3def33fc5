/** The recorded counts of machine code, and some of them counted again. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { preparePath } from "../../../bench/native/count/dump.ts";
import { FIGURES } from "../../../bench/native/count/figures.ts";
import {
  countedPath,
  countTasks,
  emptyRecord,
  PAGE_STRUCT_BYTES,
  readRecord,
  recordText,
  rowOf,
} from "../../../bench/study/machine_code.ts";
import { counterOrTell, tell } from "../native/count/counted_paths.ts";

const RECORD = readRecord(
  await Deno.readTextFile(
    new URL("../../../bench/results/machine_code.json", import.meta.url),
  ),
);

Deno.test("each recorded row is of a task, and has all builds of its ABI", () => {
  const tasks = new Set(
    countTasks().map(({ abi, workload, recognition, layout }) =>
      [abi.name, abi.pageStructBytes, workload, recognition, layout.name].join()
    ),
  );
  for (const row of RECORD.rows) {
    const [abi] = row;
    assert(tasks.delete(row.slice(0, 5).join()), row.join());
    assertEquals(row[5].length, RECORD.builds[abi]?.length, row.join());
    for (const totals of row[5]) {
      // Loads and stores are of instructions; the path has a text.
      const [instructions, loads, stores] = totals;
      assert((instructions ?? 0) > (loads ?? 0) && (loads ?? 0) > 0);
      assert((stores ?? 0) > 0 && (totals[FIGURES.length] ?? 0) > 4096);
    }
  }
});

/** Pages of an I/O of 128 KiB. */
const PAGES_PER_IO = 32;

Deno.test("every ABI is recorded, with compilers and flags", () => {
  for (const { name } of abis) {
    assert(RECORD.rows.some(([abi]) => abi === name), name);
    for (const { compiler, flags } of RECORD.builds[name] ?? []) {
      assert(/\d+\.\d+/.test(compiler), compiler);
      assert(flags.includes("-O2"));
    }
  }
});

Deno.test("the size of a struct page decides what page_to_phys costs", () => {
  const rowsOf = (layout: string) =>
    PAGE_STRUCT_BYTES.map((bytes) =>
      RECORD.rows.find(([abi, page, workload, recognition, name]) =>
        abi === "ilp32" && page === bytes && name === layout &&
        workload === "128k-scattered" && recognition === "page"
      )?.[5] ?? []
    );
  const [of32, of36, of40, of64] = rowsOf("page_offset");
  assertEquals(of32, of64); // shifts
  // 36 and 40 are divided by as products with an inverse.
  assertEquals(of36, of40);
  const extra = Number(of36?.[0]?.[0]) - Number(of32?.[0]?.[0]);
  assert(extra > 0);
  // What holds addresses has no division: each size has as many loads and
  // stores. With other sizes than powers of 2 gcc closes the loop that pins
  // with one branch a page less, and with flags as a kernel's with no other
  // instruction more; with -O2 alone 30 of 32 others take its place.
  const others = rowsOf("phys_len");
  for (const [build, spared] of [[0, 2], [1, PAGES_PER_IO]] as const) {
    const [a32, a36, a40, a64] = others.map((row) =>
      (row[build] ?? []).slice(0, 4).map(Number)
    );
    assertEquals([a32, a36], [a64, a40]);
    const [instructions = 0, loads, stores, branches = 0] = a36 ?? [];
    assertEquals(a32, [
      instructions + spared * RECORD.ios,
      loads,
      stores,
      branches + PAGES_PER_IO * RECORD.ios,
    ]);
  }
});

for (const abi of abis) {
  Deno.test(`recorded counts of ${abi.name} are counted again`, async () => {
    const counter = await counterOrTell({ choice: "qemu", abi });
    const builds = RECORD.builds[abi.name] ?? [];
    const isSame = counter?.variants.every(({ compiler, title }, index) =>
      builds[index]?.compiler === compiler && builds[index]?.build === title
    ) && counter.variants.length === builds.length;
    if (counter === undefined || !isSame) {
      tell(`${abi.name} has other compilers here`);
      return;
    }
    const wanted = RECORD.rows.find(([name, , workload]) =>
      name === abi.name && workload === "128k-scattered"
    );
    const task = countTasks().find((one) =>
      one.abi.name === abi.name && one.workload === wanted?.[2] &&
      one.recognition === wanted[3] && one.layout.name === wanted[4]
    );
    assert(task !== undefined);
    const path = await countedPath(task);
    assert(path !== undefined);
    const { machineCode } = await counter.count(
      preparePath(path.options, path.window),
    );
    assertEquals(rowOf(task, machineCode), wanted);
  });
}

Deno.test("countedPath() has no P2P workload on a 32-bit machine", async () => {
  const task = countTasks().find(({ abi, workload }) =>
    abi === findAbi("ilp32") && workload === "1m-p2p"
  );
  assert(task !== undefined);
  assertEquals(await countedPath(task), undefined);
});

Deno.test("readRecord() takes what recordText() writes, and says what is wrong", () => {
  assertEquals(readRecord(recordText(RECORD)), RECORD);
  assertEquals(readRecord(recordText(emptyRecord())), emptyRecord());
  const bad = { ...emptyRecord(), rows: [["lp64", 64, "4k-hot", "page"]] };
  assertThrows(
    () => readRecord(JSON.stringify(bad)),
    SyntaxError,
    'at "rows.0',
  );
});
