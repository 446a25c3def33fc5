/** What V8 was told in `DENO_V8_FLAGS`, as the tasks of the lab do. */

/**
 * Reads the flags. It never asks for the permission: a prompt would stand where
 * the first progress is expected.
 *
 * @returns The flags; empty if there are none, `null` if they may not be read.
 */
export function v8Flags(): string | null {
  const name = { name: "env", variable: "DENO_V8_FLAGS" } as const;
  if (Deno.permissions.querySync(name).state !== "granted") return null;
  return Deno.env.get(name.variable) ?? "";
}

/** Calls after which a function is compiled for good, as the tasks ask. */
const EARLY_CALLS = 2000;

/**
 * Says whether V8 compiles hot code early, and on the thread that runs it: after
 * so many calls and at once, not whenever another thread has a CPU.
 *
 * @param flags The flags; those of `--v8-flags` cannot be seen.
 * @returns Whether it is known to.
 */
export function compilesAtOnce(flags: string | null): boolean {
  const given = (flags ?? "").split(",").map((flag) =>
    flag.trim().replaceAll("_", "-")
  );
  const last = (form: RegExp) =>
    form.exec(given.findLast(form.test, form) ?? "");
  const concurrent = last(/^--(no-?)?concurrent-recompilation$/);
  const calls = last(/^--invocation-count-for-turbofan=(\d+)$/);
  return concurrent?.[1] !== undefined && calls !== null &&
    Number(calls[1]) <= EARLY_CALLS;
}
