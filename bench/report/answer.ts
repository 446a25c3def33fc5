/**
 * The answer on one screen of 80 columns, as `lab run` prints it.
 */
import type { LabResult } from "../result/result.ts";
import { answerDocument } from "./answer_document.ts";
import type { Exporter } from "./exporter.ts";
import { plainSections } from "./plain_blocks.ts";

const WIDTH = 80;

/** The first screen. */
export const answer: Exporter = {
  name: "answer",
  description: "the answer on one screen, as lab run prints it (the default)",
  render: (result: LabResult) =>
    plainSections(answerDocument(result), { width: WIDTH }).join("\n") + "\n",
};
