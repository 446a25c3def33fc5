/** An explanation as blocks of a page. */
import { nameFrom } from "../draw/markup.ts";
import { type Block, prose, type Section } from "../report/blocks.ts";
import type { Explanation } from "./explanation.ts";
import { ioDrawing } from "./io_drawing.ts";
import { explanationHead, explanationSteps, ioTitle } from "./text.ts";
import { renderTouched } from "./touched_text.ts";

/**
 * Returns the sections.
 *
 * @param words The command that explains the same I/O.
 * @returns A drawing, then step after step.
 */
export function explanationSections(
  explanation: Explanation,
  words: readonly string[],
): Section[] {
  const { workload, abi, layout, recognition } = explanation.config;
  const [touchedTitle = "", ...touched] = renderTouched(explanation);
  const step = (title: string, lines: readonly string[]): Block[] => [
    { kind: "heading", text: title },
    { kind: "listing", key: "explained", lines },
  ];
  return [
    [
      { kind: "heading", text: `${ioTitle(explanation)}, ${layout}` },
      ...prose("explained", explanationHead(explanation).join(" ")),
      ...ioDrawing(
        explanation,
        nameFrom(`io-${workload}-${abi}-${recognition}-${layout}`),
      ),
    ],
    ...explanationSteps(explanation).map(({ title, lines }) =>
      step(title, lines)
    ),
    [
      ...step(touchedTitle, touched),
      ...prose("explained", "The command that explains it, or another one:"),
      { kind: "command", words },
    ],
  ];
}
