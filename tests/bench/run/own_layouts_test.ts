import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { runLab } from "../../../bench/run/run_lab.ts";
import type { LabRunOptions } from "../../../bench/run/options.ts";
import { compareResults } from "../../../bench/result/compare_results.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { exporters } from "../../../bench/report/registry.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import type { Layout } from "../../../layouts/layout.ts";
import { defineLayout } from "../../../layouts/define_layout.ts";
import { layoutData } from "../../../layouts/layout_data.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { NativeEngineError } from "../../../bench/native/error.ts";
import "../spare_audits.ts";

/** The same layout under a name that is not the lab's. */
const renamed = (name: string): Layout => ({
  ...findLayout(name),
  name: `own_${name}`,
  family: `own_${name}`,
});

const EXACT = { ios: 40, rounds: 0 } as const;

async function run(options: Partial<LabRunOptions>): Promise<LabResult> {
  const { result, failure } = await runLab({ ...EXACT, ...options });
  if (failure !== undefined) throw failure;
  return result;
}

/** Everything about a layout in a cell but its name and what was measured. */
function exact(cell: ResultCell | undefined, name: string): unknown {
  const { layouts = [], leftOut = [], simulated, workers } = cell ?? {};
  const layout = layouts.find((one) => one.name === name);
  const without = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value ?? null).replaceAll("own_", ""));
  return without({
    counts: layout?.counts,
    footprint: layout?.footprint,
    modelled: layout?.modelled,
    bytesPerSegment: layout?.bytesPerSegment,
    recognition: layout?.recognition,
    leftOut: leftOut.find((one) => one.name === name),
    simulated: simulated?.layouts.find((one) => one.layout === name),
    digest: workers?.groups.find((one) => one.layout === name)?.digest,
  });
}

function assertTwins(result: LabResult, names: readonly string[]): void {
  assert(result.cells.length > 0);
  for (const cell of result.cells) {
    for (const name of names) {
      assertEquals(exact(cell, `own_${name}`), exact(cell, name), name);
    }
  }
}

Deno.test("runLab() counts a layout of the caller's as the lab's own", async () => {
  // Bit-fields, chunks with constants, structures of arrays.
  const names = ["soa_phys_len", "len31_p2p", "rlist_24"];
  const result = await run({
    workloads: ["mixed-bs"],
    layouts: [...names, ...names.map(renamed)],
  });
  assertTwins(result, names);
  // The baseline, the lab's own as they are listed, the caller's as given.
  assertEquals(result.cells[0]?.layouts.map(({ name }) => name), [
    "page_offset",
    "len31_p2p",
    "rlist_24",
    "soa_phys_len",
    ...names.map((name) => `own_${name}`),
  ]);
});

Deno.test("runLab() does so on 32-bit, and leaves out what does not exist there", async () => {
  const names = ["phys_packed_aligned4", "len24_p2p", "len56_p2p"];
  const result = await run({
    workloads: ["128k-scattered"],
    abis: ["ilp32_be"],
    layouts: [...names, ...names.map(renamed)],
    cpu: "none",
  });
  assertTwins(result, names);
  assertEquals(result.cells[0]?.leftOut?.map(({ name }) => name), [
    "len56_p2p",
    "own_len56_p2p",
  ]);
});

Deno.test("runLab() does so with flags in segments and with DMA addresses", async () => {
  const names = ["phys_flags", "scatterlist"];
  const result = await run({
    workloads: ["64k-mixed"],
    recognitions: ["segment", "map_first"],
    layouts: [...names, ...names.map(renamed)],
    cpu: "none",
  });
  assertTwins(result, names);
  // phys_flags holds no DMA address, in neither of its names.
  assertEquals(
    result.cells.map(({ leftOut = [] }) => leftOut.map(({ name }) => name)),
    [
      [],
      ["phys_flags", "own_phys_flags"],
    ],
  );
});

Deno.test("runLab() times, simulates and groups it, in reports and comparisons", async () => {
  // The baseline's own twin: two layouts to make isolates and groups of.
  const layouts = [renamed("page_offset")];
  const given = {
    workloads: ["4k-hot"],
    layouts,
    ios: 64,
    rounds: 1,
    builds: 1,
    budgetSeconds: 0.1,
    // A submitter and a device: each of them is sent the layout.
    ...{ workers: 1, devices: 1 },
    cpu: "none",
    simulation: {},
  } as const;
  const result = await run(given);
  assertTwins(result, ["page_offset"]);
  const [cell] = result.cells;
  for (const { name, nsPerIo, ratio, verdict } of cell?.layouts ?? []) {
    assert(nsPerIo !== null && ratio !== null && verdict !== null, name);
  }
  assertEquals(
    new Set(cell?.workers?.scaling.map(({ layout }) => layout)).size,
    2,
  );
  const read = readResult(JSON.stringify(result), "x.json");
  for (const { name, render } of exporters) {
    // Markdown writes \_ for an underscore.
    const text = render(read).replaceAll("\\", "");
    assert(text.includes("own_page_offset"), name);
  }
  const mail = exporters.find(({ name }) => name === "mail")?.render(read);
  assert(
    mail?.replace(/\s+/g, " ").includes(
      'No option gives layout "own_page_offset": runLab() takes it ' +
        "from config.layouts of the result.",
    ),
    mail,
  );
  const compared = compareResults(read, read, { threshold: 0 });
  assertEquals(compared.exactChanges, 0);
  assert(
    compared.cells[0]?.layouts.some(({ name }) => name === "own_page_offset"),
  );
});

Deno.test("runLab() runs the layouts of a result again, and resumes it", async () => {
  const text = "struct mine { u32 len; phys_addr_t paddr; } __packed;";
  const own = await layoutFromC(text);
  const given = { workloads: ["4k-hot"], layouts: [own], cpu: "none" } as const;
  const first = await run(given);
  const config = JSON.parse(JSON.stringify(first.config));
  const again = await run({ ...given, layouts: config.layouts });
  assertEquals(again.config, first.config);
  assertEquals(again.cells, first.cells);
  const resumed = await runLab({ ...EXACT, ...given }, {
    resume: { result: first, name: "first.json" },
  });
  assertEquals(resumed.result.cells, first.cells);
  // Another struct of the same name is another run.
  const other = await layoutFromC(text.replace("u32", "u64"));
  const { message } = await assertRejects(
    () =>
      runLab({ ...EXACT, ...given, layouts: [other] }, {
        resume: { result: first, name: "first.json" },
      }),
    RangeError,
  );
  assertMatch(
    message,
    /^Cannot resume "first.json": structs\.lp64\.\S+ of layout mine is "u32" /,
  );
});

Deno.test("runLab() takes the lab's own layouts as objects, as their names", async () => {
  const phyr = findLayout("phyr");
  const { config } = await run({
    workloads: ["4k-hot"],
    layouts: [phyr, layoutData(phyr), "phyr", findLayout("page_offset")],
    cpu: "none",
  });
  assertEquals(config["layouts"], ["page_offset", "phyr"]);
});

Deno.test("runLab() refuses what cannot travel, and names that mean another one", async () => {
  const mine = renamed("phys_len");
  const packed = findLayout("phys_packed");
  for (
    const [layouts, kind, message] of [
      [[{}], TypeError, "layouts[0] an object, expected a name, a layout of"],
      [["phyr", 5], TypeError, "layouts[1] 5, expected a name"],
      [[undefined], TypeError, "layouts[0] undefined, expected a name"],
      [[() => mine], TypeError, "layouts[0] a function, expected a name"],
      [
        [{ ...mine, serves: () => true }],
        TypeError,
        'Cannot send layout "own_phys_len" to a worker: found a custom serves()',
      ],
      [
        [{
          ...mine,
          struct: () => ({ name: "s", fields: [{ type: () => 1 }] }),
        }],
        TypeError,
        "structs.lp64.fields[0].type a function",
      ],
      [["phys_pakced"], RangeError, 'Cannot find layout "phys_pakced"'],
      [
        [{ ...mine, name: "phys_packed" }],
        RangeError,
        'Cannot run layout "phys_packed": found a name of the lab\'s own',
      ],
      [[{ ...mine, name: "rlist" }], RangeError, "a name of the lab's own"],
      [[{ ...mine, name: "noop" }], RangeError, "a worker without a path"],
      [
        [mine, { ...packed, name: mine.name }],
        RangeError,
        'layouts[1]: found a second layout "own_phys_len"',
      ],
    ] as const
  ) {
    const error = await assertRejects(
      () =>
        runLab({
          ...EXACT,
          workloads: ["4k-hot"],
          layouts: layouts as unknown as readonly Layout[],
        }),
      kind,
      message,
    );
    assert(error.message.startsWith("Cannot "), error.message);
  }
});

Deno.test("runLab() leaves out a layout that no codec can be made of", async () => {
  const mine = defineLayout({
    name: "address_of_2_bytes",
    title: "an address that is too short",
    source: { author: "me", date: "2026-01-01", subject: "an example" },
    struct: {
      name: "s",
      fields: [{ name: "at", type: "u16" }, { name: "len", type: "u32" }],
    },
    roles: {
      address: { kind: "phys", field: "at" },
      length: { field: "len" },
    },
  });
  await assertRejects(
    () => runLab({ ...EXACT, workloads: ["4k-hot"], layouts: [mine] }),
    RangeError,
    'Cannot compare address_of_2_bytes with page_offset: address field "at" ' +
      "has 16 bits, expected 32 or 64",
  );
});

Deno.test("runLab() compares it in C, too, and says what C cannot have", async () => {
  const layouts = ["len31_p2p", renamed("len31_p2p")];
  const dma = await layoutFromC(
    "struct dma { phys_addr_t at; u32 len, p2p; };",
  );
  const given = {
    workloads: ["64k-mixed"],
    recognitions: ["segment"],
    engine: "both",
    cpu: "none",
  } as const;
  const result = await run({ ...given, layouts: [...layouts, dma] });
  assertTwins(result, ["len31_p2p"]);
  const [js, native] = result.cells;
  assertEquals([js?.engine, native?.engine], ["js", "native"]);
  assertEquals(native?.digest, js?.digest);
  assertEquals(native?.leftOut?.at(-1), {
    name: "dma",
    reason:
      "found struct dma, which the path in C defines, expected another name",
  });
  await assertRejects(
    () => runLab({ ...EXACT, ...given, engine: "native", cc: "/nowhere/cc" }),
    NativeEngineError,
  );
});
