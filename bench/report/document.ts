/**
 * A result as the blocks that every report is made of, in their order. A format
 * draws blocks and chooses none.
 */
import type { LabWarning } from "../statistics/warning.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { agreementSection } from "./agreement_table.ts";
import { type Block, prose, type Section } from "./blocks.ts";
import { type Breakdown, breakdownSections } from "./breakdown_text.ts";
import { cellFacts, cellSkips, cellTrust, doneCells } from "./cell_facts.ts";
import { cellTables } from "./cell_tables.ts";
import { harnessSection } from "./harness_table.ts";
import { machineWords } from "./machine_words.ts";
import { mixingReminder } from "./mixing.ts";
import { ownLayoutLines } from "./own_layout_words.ts";
import { repeatCommand } from "./repeat_command.ts";
import { simulationSections } from "./simulation_tables.ts";
import { workersSections } from "./workers_tables.ts";

/**
 * Returns the blocks of a cell.
 *
 * @returns Its head, its tables, how far they can be trusted, who was left out.
 */
export function cellDocument(cell: ResultCell): readonly Section[] {
  const { workload, description, placement } = cell;
  const hasPlacement = placement !== undefined &&
    description?.includes(placement) !== true;
  return [
    [
      {
        kind: "heading",
        text: description === undefined
          ? workload
          : `${workload}: ${description}`,
      },
      ...prose("setting", cellFacts(cell)),
      ...cellSkips(cell).flatMap((line) => prose("skipped", line)),
      ...(hasPlacement ? prose("placement", `placement: ${placement}`) : []),
    ],
    ...cellTables(cell),
    harnessSection(cell),
    ...workersSections(cell),
    ...simulationSections(cell),
    cell.simulated === undefined ? [] : prose("rule", mixingReminder(cell)),
    agreementSection(cell),
    [
      ...cellTrust(cell).flatMap((line) => prose("trust", line)),
      ...(cell.leftOut ?? []).flatMap(({ name, reason }) =>
        prose("leftOut", `${name} left out: ${reason}`)
      ),
      ...warningBlocks(cell.warnings ?? []),
    ],
  ];
}

/**
 * Returns the blocks of a cell's footprints, broken down.
 *
 * @param by Structure or stage; default: nothing.
 */
export function breakdownDocument(
  cell: ResultCell,
  by: Breakdown | undefined,
): readonly Section[] {
  return by === undefined ? [] : breakdownSections(cell, by);
}

/**
 * Returns the last blocks of a result: what made its figures, when, on what,
 * from which commit, and by which command.
 */
export function footDocument(result: LabResult): readonly Section[] {
  const { words, notes } = repeatCommand(result);
  return [
    warningBlocks(result.warnings),
    [
      ...doneCells(result).flatMap((line) => prose("done", line)),
      ...ownLayoutLines(result.config).flatMap((line) => prose("layout", line)),
      ...prose("origin", originWords(result)),
      ...prose("machine", machineWords(result.environment)),
    ],
    [
      ...notes.flatMap((note) => prose("repetition", note)),
      { kind: "command", words },
    ],
  ];
}

function originWords({ tool, seed }: LabResult): string {
  return `${tool.name} ${tool.version}, seed ${seed}`;
}

function warningBlocks(warnings: readonly LabWarning[]): Block[] {
  return warnings.map((warning) => ({ kind: "warning", warning }));
}
