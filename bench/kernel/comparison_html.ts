/** A comparison of two kernels as one page without anything from outside. */
import { downloadLink } from "../draw/download.ts";
import {
  type Block,
  charted,
  prose,
  type Section,
  table,
} from "../report/blocks.ts";
import { changeChart } from "../report/change_chart.ts";
import { writePage } from "../report/html.ts";
import type { DocumentPart } from "../report/page_document.ts";
import { figureColumn, wordColumn } from "../report/columns.ts";
import type { KernelComparison, WorkloadComparison } from "./compare.ts";
import { comparisonTables } from "./comparison_tables.ts";
import { byChange, details, summary } from "./comparison_words.ts";
import { isSure, type KernelDifference } from "./difference.ts";

/**
 * Prints a comparison, with every structure and function that is sure to
 * differ.
 *
 * @param json It as JSON, which the page hands on.
 */
export async function comparisonHtml(
  comparison: KernelComparison,
  json: string,
): Promise<string> {
  return await writePage({
    title: `Kernel ${comparison.patched} against ${comparison.base}`,
    lead: `Counted by ${comparison.setting.tool} in QEMU ` +
      `${comparison.setting.qemu} (TCG), not timed; core is block, nvme and ` +
      "iov_iter.",
    parts: kernelComparisonPage(comparison),
    data: await downloadLink("bvec-lab-kernel-comparison.json", json),
  });
}

/** @returns Answer, figures, and what differs by workload. */
export function kernelComparisonPage(
  comparison: KernelComparison,
): DocumentPart[] {
  const { workloads, sizes, warnings } = comparison;
  const changed = byChange(comparison);
  return [
    {
      heading: "Answer",
      sections: [[
        ...prose("answer", summary(comparison)),
        ...warnings.flatMap((text) => prose("note", `Note: ${text}`)),
      ]],
    },
    {
      heading: "All workloads",
      sections: [
        ...comparisonTables(comparison).map(
          ({ heading, columns }, i): Section => [
            ...prose("figures", heading),
            ...charted(
              table(columns, workloads),
              coreChart(i === 0 ? workloads : []),
            ),
          ],
        ),
        sizes.length === 0 ? [] : differences("Sizes in bytes", sizes),
      ],
    },
    ...(changed.length === 0 ? [] : [{
      heading: "What differs, by workload",
      sections: changed.map((one): Section => [
        { kind: "heading", text: one.name },
        ...details(one, comparison).flatMap(([what, list]) =>
          differences(what, list)
        ),
      ]),
    }]),
  ];
}

function coreChart(
  workloads: readonly WorkloadComparison[],
): Parameters<typeof charted>[1] {
  const spec = changeChart(
    workloads.filter(({ figures: { core } }) => core.base > 0)
      .map(({ name, figures: { core } }) => ({
        name,
        percent: 100 * (core.patched - core.base) / core.base,
        noisePercent: 100 * core.noise / core.base,
        isSure: isSure(core),
      })),
    "change of the instructions of the core in percent; grey: noise",
  );
  return {
    name: "kernel-core-instructions",
    title: "Instructions of one I/O in block, nvme and iov_iter",
    description:
      "Change from the base to the patched kernel, medians of nine " +
      "I/Os. Grey is what repeats differ by; left of 0 are fewer.",
    spec,
  };
}

function differences(
  heading: string,
  list: readonly KernelDifference[],
): Block[] {
  const text = String;
  return table<KernelDifference>(
    [
      wordColumn(heading, ({ name }) => name),
      figureColumn("base", ({ base }) => base, { text }),
      figureColumn("patched", ({ patched }) => patched, { text }),
      figureColumn("difference", ({ base, patched }) => patched - base, {
        text,
      }),
      figureColumn("noise", ({ noise }) => noise, { text }),
    ],
    list,
  );
}
