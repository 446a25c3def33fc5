/**
 * What a rule on setups says: when it is broken, what cannot be used then, what
 * was found that is against it, and what was expected.
 */
import {
  kernelProfiles,
  type PathProfile,
  pathProfile,
} from "../../sim/kernel/profile.ts";
import type { Asked } from "./asked_setup.ts";

export type RuleText = string | ((setup: Asked) => string);

/** Something that cannot be combined. */
export interface SetupRule {
  readonly when: (setup: Asked) => boolean;
  readonly what: RuleText;
  readonly found: RuleText;
  readonly expected: RuleText;
}

/** Names the kernels that can do something, for `expected`. */
export function kernelsWith(can: (profile: PathProfile) => boolean): string {
  return kernelProfiles.filter((kernel) => can(pathProfile(kernel)))
    .join(" or ");
}
