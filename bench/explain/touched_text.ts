/** The table of cache lines that an I/O touched, by structure and stage. */
import type { Explanation } from "./explanation.ts";

/** The stages as an I/O comes to them. */
const ORDER: readonly string[] = [
  "submit",
  "split",
  "merge",
  "request",
  "map",
  "command",
  "device",
  "complete",
];

/** Structures shown; the rest is one row. */
const SHOWN_STRUCTURES = 12;
const LINE_BYTES = 64;
/** What the columns of eight stages leave of 80. */
const NAME_WIDTH = 21;

/**
 * Renders the table.
 *
 * @param explanation The explanation.
 * @returns Its lines, 80 wide at most.
 */
export function renderTouched(
  { touched, lines }: Pick<Explanation, "touched" | "lines">,
): string[] {
  const stages = [...new Set(touched.map(({ stage }) => stage))]
    .toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const names = Object.keys(lines).toSorted((a, b) =>
    (lines[b] ?? 0) - (lines[a] ?? 0)
  );
  const at = (structure: string, stage: string) =>
    touched.find((touch) =>
      touch.structure === structure && touch.stage === stage
    )?.lines ?? 0;
  const shown = names.length > SHOWN_STRUCTURES + 1
    ? names.slice(0, SHOWN_STRUCTURES)
    : names;
  const rest = names.slice(shown.length);
  const longest = Math.max(...shown.map((name) => name.length), 10);
  const nameWidth = Math.min(longest, NAME_WIDTH);
  const row = (name: string, values: readonly (number | string)[]) =>
    name.slice(0, NAME_WIDTH).padEnd(nameWidth) +
    [...stages, "all"].map((stage, i) =>
      String(values[i] === 0 ? "." : values[i]).padStart(stage.length + 1)
    ).join("");
  const sum = (of: readonly string[], stage: string) =>
    of.reduce((total, name) => total + at(name, stage), 0);
  const sumAll = (of: readonly string[]) =>
    of.reduce((total, name) => total + (lines[name] ?? 0), 0);
  const summed = (name: string, of: readonly string[]) =>
    row(name, [...stages.map((stage) => sum(of, stage)), sumAll(of)]);
  return [
    `5 Cache lines of ${LINE_BYTES} bytes that the CPU touched, by stage`,
    `${row("", [...stages, "all"])}`,
    ...shown.map((name) =>
      `${
        row(name, [
          ...stages.map((stage) => at(name, stage)),
          lines[name] ?? 0,
        ])
      }`
    ),
    ...(rest.length === 0 ? [] : [`${summed(`${rest.length} others`, rest)}`]),
    `${summed("sum", names)}`,
  ];
}
