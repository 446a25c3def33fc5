/**
 * What cannot be combined, and why: one table for every command and for the
 * library, looked up before anything runs. An option that would have no effect
 * is refused, too, as is a comparison that would compare nothing.
 *
 * Adding a rule is one entry, in the table of its subject.
 */
import { askedSetup, given, type RunSetup } from "./asked_setup.ts";

import { MACHINE_RULES } from "./machine_rules.ts";
import type { RuleText, SetupRule } from "./setup_rule.ts";
import { SUBMIT_RULES } from "./submit_rules.ts";

/** All rules; the first broken one is reported. */
const RULES: readonly SetupRule[] = [
  ...MACHINE_RULES,
  ...SUBMIT_RULES,
  // What the path runs in.
  {
    when: ({ cc, engine }) => given(cc) && engine === "js",
    what: ({ cc }) => `--cc ${cc}`,
    found: "--engine js, which compiles nothing",
    expected: "--engine native or both",
  },
];

/**
 * Refuses a setup that breaks a rule.
 *
 * @param setup The setup; what is absent has its default.
 * @throws {RangeError} Naming what cannot be combined, and why.
 *
 * @example A plug that is longer than the queue is deep
 * ```ts
 * import { runLab } from "@bvec/lab";
 * import { assertRejects } from "@std/assert";
 *
 * const options = { batch: 64, depth: 2 };
 * await assertRejects(() => runLab(options), RangeError, "--depth 2");
 * ```
 */
export function checkSetup(setup: RunSetup): void {
  const asked = askedSetup(setup);
  const broken = RULES.find(({ when }) => when(asked));
  if (broken === undefined) return;
  const say = (text: RuleText) => typeof text === "string" ? text : text(asked);
  throw new RangeError(
    `Cannot use ${say(broken.what)}: found ${say(broken.found)}, expected ` +
      say(broken.expected),
  );
}
