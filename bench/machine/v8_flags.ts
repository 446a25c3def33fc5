/** V8's flags in `DENO_V8_FLAGS`, which the tasks of the lab set. */

/**
 * Reads the flags. It never asks for the permission: a prompt would be where
 * the first progress is expected.
 *
 * @returns The flags; empty if there are none, `null` if they may not be read.
 */
export function v8Flags(): string | null {
  const name = { name: "env", variable: "DENO_V8_FLAGS" } as const;
  if (Deno.permissions.querySync(name).state !== "granted") return null;
  return Deno.env.get(name.variable) ?? "";
}

/**
 * Says whether V8 compiles hot code on the thread that runs it, at once, and not
 * whenever another thread has a CPU.
 *
 * @param flags The flags; those of `--v8-flags` cannot be seen.
 * @returns Whether it is known to.
 */
export function compilesAtOnce(flags: string | null): boolean {
  const form = /^--(no-?)?concurrent-recompilation$/;
  const last = (flags ?? "").split(",").map((flag) =>
    flag.trim().replaceAll("_", "-")
  ).findLast((flag) => form.test(flag));
  return last !== undefined && form.exec(last)?.[1] !== undefined;
}
