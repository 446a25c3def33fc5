/** A comparison of two kernels as text, as a mail and as a page. */
import { assert, assertEquals } from "@std/assert";
import { comparisonHtml } from "../../../bench/kernel/comparison_html.ts";
import { comparisonMail } from "../../../bench/kernel/comparison_mail.ts";
import { comparisonText } from "../../../bench/kernel/comparison_text.ts";
import { WORKLOADS } from "../../../bench/kernel/workloads.ts";
import { comparisonOf, nine, result } from "./compared_results.ts";

Deno.test("compareKernels() says nothing of one and the same kernel", () => {
  const base = result("base", { core: nine(2459), bvecLines: 8, walk: 100 });
  const text = comparisonText(comparisonOf(base, base, base));
  const words = text.replaceAll("\n", " ");
  assert(words.includes("(core) of w: no difference beyond the noise."), text);
  assert(words.includes("Lines of bio_vecs: no difference."), text);
  assert(words.includes("both results are of one build (6.1.0 #1)"), text);
  assert(!text.includes("->"), text);
});

Deno.test("comparisonText() fits 80 columns and names what differs", () => {
  const text = comparisonText(comparisonOf(
    result("base", { core: nine(12015), bvecLines: 8, walk: 3528, tick: 45 }),
    result("packed", { core: nine(14113), bvecLines: 6, walk: 4669 }),
  ));
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  // (14113 - 12015) / 12015 = 17.46 %
  assert(/ 12015 +\+2098 +\+17\.5% +0 /.test(text), text);
  assert(text.includes("bio_vec 8 -> 6"), text);
  assert(text.includes("blk_map_iter_next 3528 -> 4669"), text);
});

Deno.test("comparisonMail() has 25 lines of 72 columns at most", () => {
  const names = WORKLOADS.map(({ name }) => name);
  for (const count of [1, 5, names.length]) {
    const figures = { bvecLines: 8, walk: 3528, names: names.slice(0, count) };
    const base = result(
      "a base with a long name, 64 characters, as long as all",
      {
        ...figures,
        core: nine(212_015),
        tick: 45,
      },
    );
    const patched = {
      ...result("another one of 64 characters", {
        ...figures,
        core: nine(314_113),
        bvecLines: 1006,
        walk: 4669,
      }),
      version: "#2",
      controller: "sgl" as const,
      warmup: 7,
      memory: { bio_vec: 12, bio: 120, request: 264, page: 56 },
    };
    const comparison = comparisonOf(base, patched);
    const text = comparisonMail(comparison);
    const lines = text.trimEnd().split("\n");
    assert(lines.length <= 25, text);
    for (const line of lines) assert(line.length <= 72, line);
    // What makes results unlike is not left out silently.
    const notes = text.match(/^Note: /gm)?.length ?? 0;
    const hidden = Number(/^(\d+) more note/m.exec(text)?.[1] ?? 0);
    assertEquals(notes + hidden, comparison.warnings.length, text);
    assert(text.includes("8 -> 1006"), text);
    // (314113 - 212015) / 212015 = 48.2 %
    assert(text.includes("+48.2%"), text);
  }
});

Deno.test("comparisonHtml() has every function, and no text as markup", async () => {
  const name = '<b>w" & </b>';
  const base = result("<i>", {
    core: nine(12_015),
    bvecLines: 8,
    walk: 3528,
    names: [name],
  });
  const patched = {
    ...result("packed", {
      core: nine(14_113),
      bvecLines: 6,
      walk: 4669,
      names: [name],
    }),
    version: "<s>",
  };
  const page = await comparisonHtml(comparisonOf(base, patched), "{}");
  for (
    const part of [
      "&lt;b&gt;w&quot; &amp; &lt;/b&gt;",
      "Kernel packed (6.1.0) against &lt;i&gt; (6.1.0)",
      ">blk_map_iter_next</th><td>3528</td><td>4669</td><td>1141</td>",
      "<td>12015</td><td>+2098</td><td>+17.5%</td>",
    ]
  ) assert(page.includes(part), page);
  assertEquals(/<[bis]>/.exec(page), null);
});

Deno.test("comparisonMail() repeats what was set", () => {
  const base = {
    ...result("base", { core: nine(1), bvecLines: 1, walk: 1 }),
    controller: "sgl" as const,
    append: "iommu=pt x",
    latencyNs: 5000,
  };
  const text = comparisonMail(
    comparisonOf(base, { ...base, version: "#2" }, base),
  );
  assert(
    text.replaceAll(/ \\\n +/g, " ").trimEnd().endsWith(
      "deno task lab:kernel run --kernel bzImage --controller sgl " +
        "--latency 5 --append 'iommu=pt x' --workload w",
    ),
    text,
  );
});
