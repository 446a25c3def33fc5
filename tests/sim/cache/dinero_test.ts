/** The model against Dinero IV: every row of `dinero.tsv`, to the last digit. */
import { assertEquals } from "@std/assert";
import type { CacheLevelConfig } from "../../../sim/cache/config.ts";
import type { HierarchyCounts } from "../../../sim/cache/counts.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { loadTrace, oraclePath } from "./oracle_trace.ts";

const VARIANTS: Record<string, Partial<CacheLevelConfig>> = {
  "WB+WA LRU": {},
  "FIFO": { policy: "fifo" },
  "WT": { write: "through" },
  "WT+NWA": { write: "through", allocate: false },
  "WB+NWA": { allocate: false },
};

interface Row {
  readonly trace: string;
  readonly config: string;
  readonly variant: string;
  readonly hasInstructions: boolean;
  readonly phase: string;
  readonly level: string;
  readonly figures: string;
}

function readRows(): Row[] {
  const text = Deno.readTextFileSync(oraclePath("dinero.tsv"));
  return text.trim().split("\n").slice(1).map((line) => {
    const [
      trace = "",
      ,
      config = "",
      variant = "",
      ids,
      phase = "",
      level = "",
      ...figures
    ] = line.split("\t");
    const hasInstructions = ids === "I+D";
    return {
      trace,
      config,
      variant,
      hasInstructions,
      phase,
      level,
      figures: figures.join(" "),
    };
  });
}

/** `A 32K/8/64+1M/16/64` as levels, with Dinero's names of them. */
function levelsOf(row: Row): CacheLevelConfig[] {
  const specs = (row.config.split(" ")[1] ?? "").split("+");
  return specs.flatMap((spec, index) => {
    const [size = "", ways = "", line = ""] = spec.split("/");
    const unit = size.endsWith("M") ? 1 << 20 : 1 << 10;
    const level = {
      name: `l${index + 1}-ucache`,
      sizeBytes: parseInt(size) * unit,
      ways: parseInt(ways),
      lineBytes: Number(line),
      ...VARIANTS[row.variant],
    };
    if (index > 0 || specs.length === 1) return [level];
    const data = { ...level, name: "l1-dcache", holds: "data" } as const;
    const fetch = {
      ...level,
      name: "l1-icache",
      holds: "instruction",
    } as const;
    return row.hasInstructions ? [fetch, data] : [data];
  });
}

function figuresOf(counts: HierarchyCounts, name: string): string {
  const level = counts.levels.find((level) => level.name === name);
  return level === undefined ? "no such level" : [
    level.readAccesses,
    level.readMisses,
    level.writeAccesses,
    level.writeMisses,
    level.instructionAccesses,
    level.instructionMisses,
    level.splits,
    level.bytesFromNext,
    level.bytesToNext,
  ].join(" ");
}

async function traceOf(row: Row) {
  if (row.trace === "ls") {
    return await loadTrace("ls.trace.gz", !row.hasInstructions);
  }
  return await loadTrace(
    `${row.trace}.${row.hasInstructions ? "idin" : "din"}.gz`,
  );
}

const rows = readRows();

Deno.test("dinero.tsv has the rows that the model is compared with", () => {
  // 9 hierarchies, 5 variants, 3 traces, before and after the copy-back.
  assertEquals(rows.length, 426);
});

for (const trace of ["ls", "ls-100k", "mm-100k"]) {
  for (const hasInstructions of [false, true]) {
    const mine = rows.filter((row) =>
      row.trace === trace && row.hasInstructions === hasInstructions
    );
    const what = hasInstructions ? "data and instructions" : "data";
    Deno.test(`createHierarchy() counts ${trace} ${what} as Dinero IV does`, async () => {
      const [first] = mine;
      if (first === undefined) throw new Error("no rows");
      const references = await traceOf(first);
      const runs = Map.groupBy(mine, (row) => `${row.config} ${row.variant}`);
      for (const [run, expected] of runs) {
        const [sample] = expected;
        if (sample === undefined) continue;
        const caches = createHierarchy({ levels: levelsOf(sample) });
        caches.run(references);
        const before = caches.counts();
        caches.flush();
        const after = caches.counts();
        for (const row of expected) {
          const counts = row.phase === "pre" ? before : after;
          assertEquals(
            figuresOf(counts, row.level),
            row.figures,
            `${run} ${row.phase} ${row.level}`,
          );
        }
      }
    });
  }
}
