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
  const more = (of: typeof of32, than: typeof of32) =>
    Number(of?.[0]?.[0]) - Number(than?.[0]?.[0]);
  assert(more(of36, of32) > 0);
  // What holds addresses finds pages again to dirty and release them, by a
  // product that takes less than the division.
  const [by32, by36, by40, by64] = rowsOf("phys_len");
  assertEquals([by32, by36], [by64, by40]);
  assert(more(by36, by32) > 0);
  assert(more(by36, by32) < more(of36, of32));
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
