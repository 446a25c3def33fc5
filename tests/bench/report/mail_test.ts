import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mail } from "../../../bench/report/mail.ts";
import type { ResultLayout } from "../../../bench/result.ts";
import {
  extremeLayout,
  fixedCell,
  fixedLayout,
  fixedResult,
} from "./fixed_result.ts";

const EXPECTED = `\
rand4k-hot, lp64, page, js, 7.2: Faster than page_offset: phys_packed
  (-8.3%, 95% CI -9.8% to -6.2%). No difference to page_offset shown
  (3.1% would have been): soa(phys_flags). Lines of bio_vecs per I/O:
  phys_packed -25%.

rand4k-hot: 4 KiB random reads over a hot pool
lp64, recognition page, engine js, kernel 7.2; 100000 I/Os (60000 reads,
40000 writes, 3 skipped), 391 MiB
placement: scattered 4 KiB pages

exact, per I/O   B/seg  bvec B  lines   bios  reqs  segs  PRPs
page_offset         16   512.5      8  1.031     1    32    33
phys_packed         12   384.5      6  1.031     1    32    33
soa(phys_flags)     16   512.5      8  1.031     1    32    33

measured        ns/IO      95% CI kIOPS ratio      95% CI difference
page_offset       120 117.5-122.3  8333     1             baseline
phys_packed       110   108-111.5  9091 0.917 0.902-0.938 faster
soa(phys_flags)   121     118-123  8333 1.008 0.992-1.032 not shown

3 births x 20 rounds per layout: with fewer than 5 an interval says
little of the next ones.
A ratio is the median of the ratios in each round, so that drift of the
machine is gone; it need not be the quotient of two times.
page_offset differed from itself by 0.40%.
Births of one layout scatter by 0.50% to 1.2%.
"not shown": a difference below 3.1% could not be seen.
len56_p2p left out: its flag needs a 64-bit type

Exact columns: counted in a model of the path, the same on any machine.
Ratios: medians of within-round ratios, bootstrap over births, Holm.

Warning (busy-machine): the load was 3.1 on 2 CPUs before the start;
  stop other work on the machine and run it again

bvec-lab 0.1.0, seed 1
Example CPU 9000, 8 CPUs, Deno 2.9.6

deno task lab run --layout page_offset,phys_packed --abi lp64 \\
      --workload rand4k-hot --recognise page --kernel 7.2 --rounds 20 \\
      --births 3 --seed 1
`;

Deno.test("mail.render() gives claim, tables, method and command", () => {
  assertEquals(mail.render(fixedResult()), EXPECTED);
});

Deno.test("mail.render() stays in 72 columns of ASCII for any number", () => {
  for (const value of [0.001, 1.0005, 12345.678, 1e7]) {
    const layouts = [...fixedCell().layouts, extremeLayout(value)];
    const rendered = mail.render(
      fixedResult({ cells: [fixedCell({ layouts })] }),
    );

    for (const line of rendered.split("\n")) {
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
  const claim = (layouts: ResultLayout[]) =>
    mail.render(fixedResult({ cells: [fixedCell({ layouts })] }))
      .split("\n")[0];

  if (baseline === undefined) throw new Error("no baseline");
  assertStringIncludes(claim([baseline]) ?? "", "Nothing to compare with");
  assertStringIncludes(claim([baseline, ...untimed]) ?? "", "Not timed.");
});

Deno.test("mail.render() repeats the command that the result carries", () => {
  const command = "run --workload a.iolog --seed 7";

  assertStringIncludes(
    mail.render(fixedResult({ config: { command } })),
    `\n\ndeno task lab ${command}\n`,
  );
});

Deno.test("mail.render() quotes what a shell would take apart", () => {
  const cells = [fixedCell({ workload: "it's; a file.log" })];

  assertStringIncludes(
    mail.render(fixedResult({ cells })).replaceAll(/ \\\n +/g, " "),
    `--workload 'it'\\''s; a file.log' `,
  );
});

Deno.test("mail.render() has the setting, skips and warnings of a cell", () => {
  const rendered = mail.render(fixedResult({
    interrupted: true,
    config: {},
    cells: [fixedCell({
      setting: "requests of 512 KiB, depth 32, pinned user memory, PRP only",
      skippedByReason: { header: 2, "blank line": 1 },
      warnings: [{
        code: "few-rounds",
        message: "3 rounds per birth are too few for a median",
        hint: "use --rounds 9 or more",
      }],
      layouts: [fixedLayout({ footprint: { tracedIos: 256 } })],
    })],
  }));

  assertStringIncludes(
    rendered,
    "391 MiB; requests of 512 KiB, depth 32, pinned\nuser memory, PRP only\n" +
      "3 skipped: 2 header, 1 blank line\n",
  );
  assertStringIncludes(
    rendered,
    "\nWarning (few-rounds): 3 rounds per birth are too few for a median; " +
      "use\n  --rounds 9 or more\n",
  );
  assertStringIncludes(
    rendered,
    "\nbvec B and lines: first 256 I/Os; the rest: all 100000 reads and " +
      "writes\n\n",
  );
  assertStringIncludes(rendered, "\n\ninterrupted: 1 cell\n");
  assert(rendered.split("\n").every((line) => line.length <= 72));
});

Deno.test("mail.render() says when the run is too noisy to tell", () => {
  const layouts = [
    fixedLayout(),
    fixedLayout({ name: "phyr", detectable: 1.3 }),
    fixedLayout({ name: "pfn_t", detectable: 0.04 }),
  ];
  const rendered = mail.render(
    fixedResult({ cells: [fixedCell({ layouts })] }),
  ).replaceAll(/\s+/g, " ");

  // One noisy layout takes nothing from what was seen of another.
  assertStringIncludes(
    rendered,
    "No difference to page_offset shown (4.0% would have been): pfn_t. Too " +
      "noisy to tell from page_offset: phyr.",
  );
  assertStringIncludes(
    rendered,
    '"not shown": a difference below 4.0% could not be seen. "not shown", ' +
      "for 1 of them: the run is too noisy to tell.",
  );
  assertEquals(rendered.includes("130%"), false);
});

Deno.test("mail.render() breaks the command between words alone", () => {
  const file = `a folder of ${"many ".repeat(12)}words.log`;
  const cells = [fixedCell({ workload: file })];

  assertStringIncludes(
    mail.render(fixedResult({ cells })),
    `--workload \\\n      '${file}' \\\n`,
  );
});
