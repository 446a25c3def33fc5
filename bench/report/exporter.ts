/**
 * What an exporter of results is: one file each, all of one shape, listed in
 * `registry.ts`.
 */
import type { LabResult } from "../result/result.ts";
import type { Breakdown } from "./breakdown_text.ts";

/** What a report has beside what all of them have. */
export interface RenderOptions {
  /** By what footprints are broken down; default: not at all. */
  readonly by?: Breakdown | undefined;
}

/** Turns a result into one form of text, at once or, where it draws, later. */
export interface Exporter<Text extends string | Promise<string> = string> {
  /** Name, also the option of `lab report`. */
  readonly name: string;
  /** One sentence for the help. */
  readonly description: string;
  /** Renders the whole result; ends in a line feed. */
  readonly render: (result: LabResult, options?: RenderOptions) => Text;
}
