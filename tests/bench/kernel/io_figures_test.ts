import { assertEquals } from "@std/assert";
import {
  areasOfAll,
  figuresOf,
  functionsOf,
  functionSpread,
} from "../../../bench/kernel/io_figures.ts";
import { Phases } from "../../../bench/kernel/phases.ts";
import { Symbols } from "../../../bench/kernel/symbols.ts";
import { EVENT, IoTrace } from "../../../bench/kernel/trace_reader.ts";

const TEXT = 0x7fff_8100_0000;
const DATA = 0x0880_0000_0000;
const FUNCTIONS = { submit_bio: 0, memset: 0x100, vfs_read: 0x200 } as const;

/** Runs instructions of functions; one has a load and a store. */
function io(counts: Partial<Record<keyof typeof FUNCTIONS, number>>) {
  const trace = new IoTrace();
  for (const [name, offset] of Object.entries(FUNCTIONS)) {
    const count = counts[name as keyof typeof FUNCTIONS] ?? 0;
    for (let index = 0; index < count; index++) {
      trace.push(EVENT.instruction, TEXT + offset + index, 0, 0);
      trace.push(EVENT.load, DATA + 60, 8, 0);
      trace.push(EVENT.store, DATA + offset, 8, -1);
    }
  }
  return trace;
}

function figures(trace: IoTrace) {
  const phases = new Phases({
    symbols: new Symbols(
      Object.entries(FUNCTIONS).map(([name, offset]) =>
        `ffffffff81000${offset.toString(16).padStart(3, "0")} T ${name}`
      ).join("\n"),
    ),
    currentTask: undefined,
    ownTask: 0,
  });
  phases.mark(trace);
  return { figures: figuresOf(trace, phases), phases, trace };
}

Deno.test("figuresOf() counts instructions, loads, stores, lines and areas", () => {
  const { figures: found } = figures(io({ submit_bio: 3, vfs_read: 2 }));
  assertEquals([found.main, found.core], [5, 3]);
  assertEquals(Object.fromEntries(found.areas), { block: 3, fs: 2 });
  assertEquals([found.loads, found.stores], [5, 5]);
  // The load goes over a border, 60 to 67; stores at 0 and 0x200.
  assertEquals(found.lines, 3);
  assertEquals(found.inlined, undefined);
});

Deno.test("figuresOf() counts no store that only fills memory", () => {
  const { figures: found } = figures(io({ submit_bio: 1, memset: 4 }));
  assertEquals([found.loads, found.stores], [5, 1]);
});

Deno.test("functionsOf() has the most instructions first", () => {
  const { phases, trace } = figures(io({ submit_bio: 2, vfs_read: 7 }));
  assertEquals(functionsOf(trace, phases), [
    { name: "vfs_read", insns: 7, by_phase: { submit: 7 } },
    { name: "submit_bio", insns: 2, by_phase: { submit: 2 } },
  ]);
});

Deno.test("functionSpread() and areasOfAll() keep what I/Os differ by", () => {
  const ios = [2, 2, 5].map((count) =>
    figures(io({ submit_bio: count, vfs_read: 1 })).figures
  );
  assertEquals(functionSpread(ios), {
    functions_median: { submit_bio: 2, vfs_read: 1 },
    functions_range: { submit_bio: [2, 5] },
  });
  assertEquals(areasOfAll(ios), { block: [2, 2, 5], fs: [1, 1, 1] });
});
