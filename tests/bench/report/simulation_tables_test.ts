import { assert, assertEquals } from "@std/assert";
import { plainSections } from "../../../bench/report/plain_blocks.ts";
import { simulationSections } from "../../../bench/report/simulation_tables.ts";
import type { ResultSimulatedLayout } from "../../../bench/simulate/result_types.ts";
import { fixedCell } from "./fixed_result.ts";

const ONE: ResultSimulatedLayout = {
  layout: "page_offset",
  recognition: "page",
  ios: 400,
  verifiedBytes: 4096,
  elapsedNs: 4e9,
  iosPerSecond: 100,
  utilisation: 0.25,
  latency: {
    meanNs: 81_500,
    leastNs: 80_000,
    mostNs: 160_000,
    percentilesNs: { p50: 80_000, p90: 90_000, p99: 150_000, "p99.9": null },
  },
  rules: [{ kind: "status", rule: 0, chosen: 10, injected: 9, hits: 54 }],
  statuses: { EIO: 9, OK: 391 },
  statusDigest: "0123abcd",
  counts: { retries: 45, resets: 0 },
  leaks: 0,
};

Deno.test("simulationSections() shows simulated times, faults and ends apart", () => {
  const cell = fixedCell({
    simulated: {
      device: "channels:8,det:80us",
      arrivals: "closed:32",
      plan: "test",
      planSeed: 7,
      layouts: [ONE, { ...ONE, layout: "phys_packed" }],
    },
  });
  const lines = plainSections(simulationSections(cell), { width: 80 });
  const text = lines.join(" ");
  assert(lines.every((line) => line.length <= 80), text);
  const row = (start: string) =>
    lines.filter((line) => line.startsWith(start)).map((line) =>
      line.trim().split(/\s+/)
    );
  assertEquals(
    row("page_offset"),
    [
      // us: mean, p50, p90, p99, too few, too few, most, I/Os a second, busy
      [
        "page_offset",
        "81.50",
        "80",
        "90",
        "150",
        "-",
        "-",
        "160",
        "100",
        "0.25",
      ],
      ["page_offset", "9", "391", "0"],
      ["page_offset", "45"],
    ].map((cells) => cells.map((cell) => cell === "0.25" ? "0.250" : cell)),
  );
  assertEquals(row("status"), [["status", "0", "10", "9", "54"]]);
  // What never occurred has no column.
  assert(!text.includes("resets") && text.includes("0 resources leaked"));
});

Deno.test("simulationSections() is empty where nothing was simulated", () => {
  assertEquals(simulationSections(fixedCell()), []);
});
