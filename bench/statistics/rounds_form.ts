/** The form of experiments and of how their samples are summed up. */
import { z } from "zod";
import {
  callback,
  numberFrom,
  someOf,
  someText,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import type { RoundsOptions } from "./run_rounds.ts";
import type { Sample, SummaryOptions } from "./sample.ts";

/** What `runRounds()` takes. */
export const roundsSchema = z.strictObject(
  {
    contenders: someOf(someText()),
    apart: z.array(someText()).optional(),
    builds: wholeNumber(1, 10_000),
    rounds: wholeNumber(1, 1e6),
    seed: wholeNumber(0),
    budgetNs: z.custom<number>(
      (value) => typeof value === "number" && value >= 0,
      { error: "a time in ns, from 0" },
    ),
    leastRounds: wholeNumber(0, 1e6).optional(),
    clock: callback(),
    measure: callback(),
    beginBuild: callback().optional(),
    endRound: callback().optional(),
    endBuild: callback().optional(),
    signal: valueOf<AbortSignal>(
      "an AbortSignal",
      (value) => value instanceof AbortSignal,
    ).optional(),
    onProgress: callback().optional(),
    enough: callback().optional(),
  } satisfies Record<keyof RoundsOptions, z.ZodType>,
);

export const samplesSchema: z.ZodType<readonly Sample[]> = z.array(
  z.looseObject({
    contender: someText(),
    build: wholeNumber(0),
    round: wholeNumber(0),
    nsPerIo: numberFrom(0),
  }),
) as unknown as z.ZodType<readonly Sample[]>;

/** What `summarise()` takes beside them. */
export const summarySchema = z.strictObject(
  {
    baseline: someText(),
    seed: wholeNumber(0),
    control: someText().optional(),
    resamples: wholeNumber(1, 1e6).optional(),
    permutations: wholeNumber(1, 1e6).optional(),
    compilers: z.array(someText()).optional(),
    planned: z.strictObject({
      rounds: wholeNumber(1),
      budgetSeconds: wholeNumber(0),
    }).optional(),
  } satisfies Record<keyof SummaryOptions, z.ZodType>,
);
