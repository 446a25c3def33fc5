/**
 * Runs `lab explain` and looks into what it says.
 */
import { assertEquals } from "@std/assert";
import type { Explanation } from "../../../bench/explain/explanation.ts";
import { explanationSchema } from "../../../bench/explain/explanation.ts";
import { lab as runLab } from "../lab_in_process.ts";

/** Runs `lab explain` in this process. */
export function lab(args: string[]) {
  return runLab(["explain", ...args]);
}

/** The explanation as data, checked against its schema. */
export async function explained(args: string[]): Promise<Explanation> {
  const { status, out, err } = await lab([...args, "--json", "-"]);
  assertEquals(status, 0, err);
  return explanationSchema.parse(JSON.parse(out));
}

/** Lines of a structure in a stage. */
export function linesTouched(
  { touched }: Explanation,
  structure: string,
  stage: string,
): number {
  return touched.find((touch) =>
    touch.structure === structure && touch.stage === stage
  )?.lines ?? 0;
}
