/** Setups that break a rule, and what is said of them. */
import { assertEquals, assertThrows } from "@std/assert";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { checkSetup } from "../../../bench/setup/setup_rules.ts";
import type { RunSetup } from "../../../bench/setup/asked_setup.ts";
import { kernelProfiles, pathProfile } from "../../../sim/kernel/profile.ts";

export function machine(own: Partial<typeof PLAIN_MACHINE>): RunSetup {
  return { machine: { ...PLAIN_MACHINE, ...own } };
}

/** Kernels that a rule names; another one needs no change of a test. */
export function kernelsWith(
  has: (profile: ReturnType<typeof pathProfile>) => boolean,
): string {
  return kernelProfiles.filter((kernel) => has(pathProfile(kernel)))
    .join(" or ");
}

/** Asserts that a setup is refused in one line that begins so. */
export function assertRefused(setup: RunSetup, text: string): void {
  const error = assertThrows(() => checkSetup(setup), RangeError, text);
  assertEquals(error.message.startsWith("Cannot use --"), true);
  assertEquals(error.message.includes("\n"), false);
  assertEquals(/undefined|NaN|\[object/.test(error.message), false);
}
