/**
 * A merged sweep as the parts of a page: what to hold, which axis matters, maps
 * of the changes over the axes, and the cells in which the best layout is
 * another one.
 */
import { plural } from "../../sim/text/plural.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import { workloadPlacement } from "../../sim/workload/workload_facts.ts";
import { medianOf } from "../statistics/median.ts";
import { formatPercent } from "../text/figure.ts";
import { printableCell } from "../text/plain_table.ts";
import {
  type Block,
  type FigureColumn,
  prose,
  table,
} from "../report/blocks.ts";
import { figureColumn, wordColumn } from "../report/columns.ts";
import { mixedProposal } from "../report/mixing.ts";
import type { DocumentPart } from "../report/page_document.ts";
import type { SweepAxis, SweepChanges } from "./changes.ts";
import { axisMaps, multiples } from "./change_maps.ts";
import { type Sensitivity, sensitivity } from "./sensitivity.ts";
import { sensitivityBlocks } from "./sensitivity_blocks.ts";
import type { Survey } from "./survey.ts";
import {
  changeText,
  layoutSummaries,
  type LayoutSummary,
  sweepSentences,
} from "./sweep_words.ts";

/** Cells that are named of those that differ; more are counted. */
const MOST_NAMED = 24;

/** What is known of a sweep beside its figures. */
export type SweepFacts = Pick<
  Survey,
  "manifest" | "made" | "machines" | "missing" | "repeated"
>;

export function sweepDocument(
  all: readonly SweepChanges[],
  facts: SweepFacts,
): DocumentPart[] {
  const found = all.map((changes) => ({
    changes,
    summaries: layoutSummaries(changes),
    effects: sensitivity(changes),
  }));
  return [
    {
      heading: "Answer",
      sections: [[
        ...prose("missing", missingSentence(facts)),
        ...found.flatMap(({ changes, summaries, effects }) =>
          prose(
            changes.metric.key,
            sweepSentences(changes, { summaries, sensitivity: effects }),
          )
        ),
        ...prose("cells", cellsSentence(all, facts)),
        ...prose("rule", mixedSentence(all)),
      ]],
    },
    ...found.flatMap(({ changes, summaries, effects }) =>
      metricParts(changes, summaries, effects)
    ),
    { heading: "The plan", sections: [planBlocks(all, facts)] },
  ];
}

/** A page of a part says so first. */
function missingSentence({ manifest, missing }: SweepFacts): string {
  if (missing.length === 0) return "";
  const all = manifest.cells.reduce((sum, { jobs }) => sum + jobs.length, 0);
  return `This is a part: ${all - missing.length} of ${
    plural(all, "job")
  } are done, and everything below covers only those.`;
}

function cellsSentence(
  all: readonly SweepChanges[],
  { manifest, machines }: SweepFacts,
): string {
  const [first] = all;
  const sizes = (first?.axes ?? []).map(({ name, values }) =>
    `${values.length} of ${printableCell(name)}`
  );
  return `${plural(manifest.cells.length, "cell")}` +
    (sizes.length === 0 ? "" : `: ${sizes.join(", ")}`) +
    (manifest.leftOut.length === 0
      ? ""
      : `; ${plural(manifest.leftOut.length, "combination")} left out as ` +
        "contradictory") +
    (machines.length < 2 ? "" : `; timed on ${machines.length} machines`) +
    ". Layouts are compared only within a cell; changes are in percent of " +
    `what ${
      printableCell(first?.baseline ?? "the baseline")
    } has there, less is ` +
    "better.";
}

/** Names the rule that figures of mixed memory are of. */
function mixedSentence([first]: readonly SweepChanges[]): string {
  const axes = first?.axes ?? [];
  const valuesOf = (wanted: string) =>
    axes.find(({ name }) => name === wanted)?.values ?? [];
  const mixed = valuesOf("workload").filter((name) =>
    WORKLOAD_PRESETS.has(name) && workloadPlacement(name).mixedIoShare > 0
  );
  const detections = valuesOf("recognition");
  const rules = new Set(
    (detections.length === 0 ? ["page"] : detections).map(mixedProposal),
  );
  return mixed.length === 0
    ? ""
    : `Figures of ${mixed.map(printableCell).join(", ")} are of ` +
      `${[...rules].join(", and of ")}.`;
}

function metricParts(
  changes: SweepChanges,
  summaries: readonly LayoutSummary[],
  effects: Sensitivity,
): DocumentPart[] {
  const { metric } = changes;
  const title = `${metric.title} (${metric.kind})`;
  const part = (heading: string, blocks: readonly Block[], isBelow = true) =>
    blocks.length === 0 ? [] : [{ heading, sections: [blocks], isBelow }];
  return [
    ...part(`By ${title}`, summaryBlocks(summaries), false),
    ...part(
      `Which axis matters: ${title}`,
      sensitivityBlocks(changes, effects),
    ),
    ...part(`Over the axes: ${title}`, [
      ...axisMaps(changes, "change"),
      ...multiples(changes, effects),
    ]),
    ...part(`Where the best layout changes: ${title}`, [
      ...axisMaps(changes, "best"),
      ...otherBest(changes, summaries),
    ]),
  ];
}

function summaryBlocks(summaries: readonly LayoutSummary[]): Block[] {
  const columns: FigureColumn<LayoutSummary>[] = [
    wordColumn("layout", ({ name }) => name, { text: printableCell }),
    figureColumn("cells", ({ cells }) => cells, { text: String }),
    figureColumn("best in", ({ best }) => best, { text: String }),
    figureColumn("share", ({ best, cells }) => best / cells, {
      text: formatPercent,
    }),
    figureColumn("median %", ({ median }) => median, { text: changeText }),
    figureColumn("least %", ({ least }) => least, { text: changeText }),
    figureColumn("most %", ({ most }) => most, { text: changeText }),
  ];
  return table(columns, summaries);
}

/** Cells in which the layout that is best in most is beaten. */
function otherBest(
  { rows, axes }: SweepChanges,
  [first]: readonly LayoutSummary[],
): Block[] {
  if (first === undefined) return [];
  const lost = rows.flatMap((row) => {
    const own = row.changes.get(first.name);
    const least = Math.min(
      ...row.best.map((name) => row.changes.get(name) ?? 0),
    );
    return own === undefined || row.best.includes(first.name)
      ? []
      : [{ row, own, least }];
  }).sort((a, b) => (b.own - b.least) - (a.own - a.least));
  const name = printableCell(first.name);
  if (lost.length === 0) {
    return prose("others", `${name} is among the best wherever it is.`);
  }
  const columns: FigureColumn<(typeof lost)[number]>[] = [
    ...axes.map((axis) =>
      wordColumn<(typeof lost)[number]>(
        printableCell(axis.name),
        ({ row }) => row.axes[axis.name] ?? "",
        { text: printableCell },
      )
    ),
    wordColumn("best", ({ row }) => named(row.best), { text: printableCell }),
    figureColumn("its change %", ({ least }) => least, { text: changeText }),
    figureColumn(`${name} %`, ({ own }) => own, { text: changeText }),
  ];
  return [
    ...prose(
      "others",
      `In ${plural(lost.length, "cell")} another layout has less than ${name}` +
        `; in the median it is ${
          medianOf(lost.map(({ own, least }) => own - least)).toFixed(1)
        } points behind there.` +
        (lost.length > MOST_NAMED
          ? ` The ${MOST_NAMED} in which it is farthest behind:`
          : ""),
    ),
    ...table(columns, lost.slice(0, MOST_NAMED)),
  ];
}

function named(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

function planBlocks(
  all: readonly SweepChanges[],
  { manifest, made, repeated }: SweepFacts,
): Block[] {
  const text = (words: string) =>
    words.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  const commit = made["commit"];
  return [
    ...prose(
      "plan",
      `${printableCell(manifest.name)}, digest ${
        manifest.digest.slice(0, 12)
      }, ` +
        `made with ${manifest.tool.name} ${made["version"] ?? ""}` +
        (typeof commit === "string" ? `, commit ${commit.slice(0, 12)}` : "") +
        (repeated > 0 ? `; ${repeated} cells in several folders, alike` : "") +
        ".",
    ),
    ...table<SweepAxis>([
      wordColumn("name", ({ name }) => name, { text }),
      wordColumn("values", ({ values }) => values.join(", "), { text }),
    ], all[0]?.axes ?? []),
  ];
}
