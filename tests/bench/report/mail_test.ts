import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { mail } from "../../../bench/report/mail.ts";
import type { LabResult, ResultLayout } from "../../../bench/result/result.ts";
import {
  extremeLayout,
  fixedCell,
  fixedLayout,
  fixedMachineCode,
  fixedResult,
  REPEATED_TIMING,
} from "./fixed_result.ts";

/** A result with whatever a run can have; where from: tests/data/README.md. */
const FULL: LabResult = JSON.parse(
  await Deno.readTextFile(
    new URL("../../data/report/full_result.json", import.meta.url),
  ),
);

const EXPECTED = `\
Cache lines of bio_vecs per I/O vs page_offset: fewer with phys_packed
(up to -2 of 8 in rand4k-hot); the same with 1 other.
Time in JavaScript: faster with phys_packed -8.3% (-9.8% to -6.2%) in
rand4k-hot; no difference shown for the others (one of 3.1% would have
been).

                   rand4k-hot
layout        B  lines   time
page_offset  16      8  120ns
phys_packed  12     -2  -8.3%
= page_offset: soa(phys_flags)
Per I/O (B: bytes per segment of a full array), vs page_offset

From: ABI lp64, P2P detection page, kernel 7.2; lines exact, over the
I/Os; no instructions (lab:native counts them); time of engine js, 3
builds x 20 rounds.
bvec-lab 0.1.0, Example CPU 9000, 8 CPUs.
Uncertain: time (identical code differs by up to 0.40%, builds vary by
up to 1.2%); lines (modelled structures only; Debian's 7.2.13 touched
224 lines for 4 KiB registered by io_uring); 1 warning during the run.

deno task lab run --layout page_offset,phys_packed --abi lp64 \\
      --workload rand4k-hot --recognise page --kernel 7.2 --rounds 20 \\
      --builds 3 --seed 1  # exact v1 22 bfb7b2ec434882be
`;

Deno.test("mail.render() gives claim, table, limits, command and code", () => {
  assertEquals(mail.render(fixedResult()), EXPECTED);
});

Deno.test("mail.render() calls no two times of identical code the same", () => {
  const noiseFloor = {
    ratio: { median: 1, low: 0.9, high: 1.2 },
    difference: 0,
  };
  const cells = [fixedCell({ noiseFloor })];
  assertStringIncludes(
    mail.render(fixedResult({ cells })).replaceAll(/\n/g, " "),
    "time (identical code differs by less than 0.01%, builds vary by",
  );
});

Deno.test("mail.render() says how many builds were timed, and how uncertain all cells are", () => {
  const timing = REPEATED_TIMING;
  const spread = (betweenBuildSpread: number) =>
    fixedCell().layouts.map((layout) => ({ ...layout, betweenBuildSpread }));
  const floor = (difference: number) => ({
    ratio: { median: 1 + difference, low: 0.9, high: 1.2 },
    difference,
  });
  const text = mail.render(fixedResult({
    cells: [
      fixedCell({ builds: 5, timing, noiseFloor: floor(0.002) }),
      fixedCell({
        workload: "4k-hot",
        ...{ noiseFloor: floor(0.021), layouts: spread(0.034) },
      }),
      fixedCell({ workload: "seq128k", noiseFloor: floor(0.003) }),
    ],
  })).replaceAll(/\n/g, " ");
  assertStringIncludes(
    text,
    "time of engine js, 5 builds (3 of an earlier run) x 20 rounds.",
  );
  // Of all cells and layouts, the largest.
  assertStringIncludes(
    text,
    "identical code differs by up to 2.1%, builds vary by up to 3.4%",
  );
});

Deno.test("mail.render() stays in 25 lines of 72 columns of ASCII", () => {
  // Any numbers, many layouts, many cells, long names.
  const numbers = [0.001, 1.0005, 12345.678, 1e7].map((value) =>
    fixedResult({
      cells: [
        fixedCell({ layouts: [...fixedCell().layouts, extremeLayout(value)] }),
      ],
    })
  );
  const many = fixedResult({
    config: { command: "run" },
    cells: Array.from({ length: 9 }, (_, cell) =>
      fixedCell({
        workload: `/a/long/path/to/some/trace-of-${cell}.blktrace.0`,
        layouts: [
          fixedLayout(),
          ...Array.from({ length: 30 }, (_, i) =>
            fixedLayout({
              name: `a_layout_with_a_long_name_${i}`,
              verdict: i % 2 ? "faster" : "slower",
              ratio: { median: 1.1 + i, low: 1.05 + i, high: 1.2 + i },
              counts: { ...fixedLayout().counts, bvecLinesPerIo: 9 + i },
            })),
        ],
      })),
  });
  for (const result of [...numbers, many, { ...FULL, config: {} }]) {
    const lines = mail.render(result).trimEnd().split("\n");
    assert(lines.length <= 25, `${lines.length}:\n${lines.join("\n")}`);
    for (const line of lines) {
      assert(line.length <= 72, `${line.length}: ${line}`);
      assert(/^[\x20-\x7e]*$/.test(line), line);
    }
  }
});

Deno.test("mail.render() claims nothing where there is nothing to claim", () => {
  const [baseline, ...others] = fixedCell().layouts;
  const untimed = others.map((layout) => ({
    ...layout,
    counts: baseline?.counts ?? layout.counts,
    nsPerIo: null,
    ratio: null,
    verdict: null,
  }));
  const rendered = (layouts: ResultLayout[]) =>
    mail.render(fixedResult({ cells: [fixedCell({ layouts })] }));

  if (baseline === undefined) throw new Error("no baseline");
  assertStringIncludes(
    rendered([baseline]),
    "Nothing to compare: page_offset is the only layout.\n",
  );
  assertStringIncludes(
    rendered([{ ...baseline, nsPerIo: null }, ...untimed]),
    "Nothing was timed: the answer rests on counts alone.\n",
  );
});

Deno.test("mail.render() repeats the command that the result carries", () => {
  const command = "run --workload a.iolog --seed 7";

  assertStringIncludes(
    mail.render(fixedResult({ config: { command } })),
    `\n\ndeno task lab ${command}\n# exact v1 22 `,
  );
});

Deno.test("mail.render() quotes what a shell would take apart", () => {
  const cells = [fixedCell({ workload: "it's; a file.log" })];

  assertStringIncludes(
    mail.render(fixedResult({ cells })).replaceAll(/ \\\n +/g, " "),
    `--workload 'it'\\''s; a file.log' `,
  );
});

Deno.test("mail.render() breaks the command between words alone", () => {
  const file = `a folder of ${"many ".repeat(12)}words.log`;
  const cells = [fixedCell({ workload: file })];

  assertStringIncludes(
    mail.render(fixedResult({ cells })),
    `--workload \\\n      '${file}' \\\n`,
  );
});

Deno.test("mail.render() says how much of an interrupted run there is", () => {
  const rendered = mail.render(fixedResult({ interrupted: true, config: {} }));

  assertStringIncludes(rendered, "\ninterrupted: 1 cell.\n");
});

/** Lines and instructions of layouts, of 4 KiB and of 128 KiB in pages. */
const COUNTED = [
  ["page_offset", [30.5, 1031], [91.25, 15769]],
  ["phys_packed", [30.5, 1030], [87.25, 15752]],
  ["len31_p2p", [30.5, 1064], [87.25, 19238]],
  ["scatterlist", [30.5, 1031], [107.25, 16258]],
  ["rlist_16", [31.5, 1073], [103.25, 22234]],
  ["soa_phys_len", [30.5, 1035], [91.25, 15958]],
  ["phys_flags", [30.5, 1030], [91.25, 15942]],
  ["phys_len", [30.5, 1030], [91.25, 15911]],
] as const;

/**
 * A run of two workloads, of the second of which time may be measured: the
 * layouts with more instructions are the faster ones.
 */
function countedRun(
  { isTimed = false, more = "" }: { isTimed?: boolean; more?: string } = {},
): LabResult {
  const untimed = { nsPerIo: null, ratio: null, verdict: null };
  const timed = (name: string) => ({
    nsPerIo: { median: 1741, low: 1730, high: 1752 },
    ratio: name === "page_offset"
      ? { median: 1, low: 1, high: 1 }
      : { median: 0.943, low: 0.936, high: 0.951 },
    verdict: name === "page_offset" ? null : "faster",
  } as const);
  const cells = ["4k-hot", "128k-scattered"].map((workload, index) =>
    fixedCell({
      workload,
      layouts: COUNTED.map(([name, ...counted]) => {
        const [linesPerIo = 0, instructionsPerIo = 0] = counted[index] ?? [];
        const time = isTimed && index === 1 ? timed(name) : untimed;
        const layout = fixedLayout({ name, ...time });
        return {
          ...layout,
          counts: { ...layout.counts, bvecLinesPerIo: linesPerIo, linesPerIo },
          machineCode: fixedMachineCode(instructionsPerIo),
        };
      }),
    })
  );
  const command = "run --rounds 0 --abi lp64 --recognise page --kernel 7.2 " +
    "--workload 4k-hot,128k-scattered --ios 1024 --seed 1 --depth 32 --batch 1" +
    more;
  return fixedResult({ config: { command }, cells });
}

Deno.test("mail.render() says what is counted of lines, as the first screen does", () => {
  const text = mail.render(countedRun());
  assertStringIncludes(text, " vs page_offset: fewer with phys_packed");
  assertStringIncludes(text, "Instructions of the path in C: ");
  assertStringIncludes(text, "Nothing was timed: ");
  // Beside a table of more than one row.
  assertStringIncludes(text, "\npage_offset ");
  assertStringIncludes(text, "\nrlist_16 ");
});

Deno.test("mail.render() of a timed run keeps every sentence and a table", () => {
  const lines = mail.render(countedRun({ isTimed: true })).trimEnd()
    .split("\n");
  const text = lines.join(" ");
  for (
    const said of [
      " vs page_offset: fewer with phys_packed",
      "Instructions of the path in C: ",
      "Time in JavaScript, in 128k-scattered alone: faster ",
      "Contradiction: ",
      "From: ABI lp64",
      "Uncertain: time (identical code differs by",
      " # exact v1 ",
    ]
  ) assertStringIncludes(text, said);
  assert(lines.length <= 25, `${lines.length} lines`);
  // The baseline and two layouts at least: a row alone compares nothing.
  const header = lines.findIndex((line) => line.startsWith("layout "));
  const rows = lines.slice(header + 1, header + 4);
  assertEquals(rows.map((line) => / {2}\d+ {2}/.test(line)), [
    true,
    true,
    true,
  ]);
});

Deno.test("mail.render() leaves out lines, then rows, and nothing of a longer command", () => {
  const file = `${"a/long/path/to/a/".repeat(3)}mail.txt`;
  const linesOf = (structs: number) => {
    const more = ` --struct ${file}`.repeat(structs);
    const text = mail.render(countedRun({ isTimed: true, more }));
    const lines = text.trimEnd().split("\n");
    assertEquals(text.split(file).length - 1, structs);
    const said = lines.join(" ");
    assertStringIncludes(said, "Instructions of the path in C: ");
    assertStringIncludes(said, "Contradiction: ");
    // Where it is from, and in one paragraph.
    assertMatch(text, /\nFrom: ABI lp64[^]*rounds\.\s+bvec-lab 0\.1\.0, /);
    return {
      lines: lines.length,
      saysLines: text.includes("Cache lines"),
      rows: lines.filter((line) => /^\w+ .*\d {2}.*\d {2}/.test(line)).length,
    };
  };
  const three = { saysLines: false, rows: 3 };
  assertEquals(linesOf(0), { lines: 25, saysLines: true, rows: 3 });
  assertEquals(linesOf(1), { lines: 25, ...three });
  assertEquals(linesOf(2), { lines: 25, saysLines: false, rows: 1 });
  // Two lines for each file.
  assertEquals(linesOf(4), { lines: 29, saysLines: false, rows: 1 });
});
