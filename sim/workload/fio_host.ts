/**
 * What a job file may ask of the machine that it is read on: variables of the
 * environment as `${NAME}`, and fio's keywords `$ncpus`, `$mb_memory` and
 * `$pagesize` (HOWTO, "Environment variables" and "Reserved keywords").
 */
import { evaluateExpression } from "./fio_expression.ts";

/** The machine, as far as job files can ask for it. */
export interface FioHost {
  /**
   * Returns a variable of the environment.
   *
   * @returns Its value; undefined if it is not set, null if the lab may not
   *   read it.
   */
  variable(name: string): string | undefined | null;
  /** CPUs, or null if the lab may not know. */
  cpus(): number | null;
  /** Memory in MiB, or null if the lab may not know. */
  memoryMib(): number | null;
}

/** Called for every value that job files take from this machine. */
const watchers = new Set<(name: string) => void>();

/** What stands for a variable or a keyword whose value is another elsewhere. */
const HOST_VALUE = /^(?:\$\{([A-Za-z_]\w*)\}|\$(ncpus|mb_memory))$/;

/**
 * Tells of every value that job files take from this machine from now on: the
 * same file is another workload where they differ.
 *
 * @param watcher Called with what stands for it in the file, such as
 * `${FIO_SIZE}`.
 * @returns Ends the telling.
 */
export function watchHostValues(watcher: (name: string) => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function isHostValue(text: string): boolean {
  return HOST_VALUE.test(text);
}

/**
 * Returns a value of this machine.
 *
 * @param text What stands for it in a job file.
 * @returns The value; null if it is not set, or the lab may not know it.
 */
export function hostValue(text: string): string | null {
  const [, variable, keyword] = HOST_VALUE.exec(text) ?? [];
  if (variable !== undefined) return DENO_HOST.variable(variable) ?? null;
  const value = keyword === "ncpus" ? DENO_HOST.cpus() : DENO_HOST.memoryMib();
  return value === null ? null : String(value);
}

/** The machine that the lab runs on, within the permissions that it has. */
export const DENO_HOST: FioHost = {
  variable(name) {
    const { state } = Deno.permissions.querySync({
      name: "env",
      variable: name,
    });
    return state === "granted" ? Deno.env.get(name) : null;
  },
  cpus: () => navigator.hardwareConcurrency,
  memoryMib() {
    const { state } = Deno.permissions.querySync({
      name: "sys",
      kind: "systemMemoryInfo",
    });
    if (state !== "granted") return null;
    return Math.floor(Deno.systemMemoryInfo().total / 2 ** 20);
  },
};

/** The lab's page size, as that of its modelled machines. */
const PAGE_BYTES = 4096;

/** A value with everything replaced. */
export type FioReplaced =
  | {
    readonly text: string;
    /** What was taken from the machine. */
    readonly ofHost: readonly string[];
    /** Variables that are not set, for which nothing is in the text. */
    readonly unset: readonly string[];
  }
  /** What could not be replaced, and what that takes. */
  | { readonly found: string; readonly expected: string };

/**
 * Replaces variables and keywords in a value, and calculates it if it holds a
 * keyword, for which fio calls bc.
 *
 * @returns The value with what was taken from the machine, or what is missing.
 */
export function replaceVariables(value: string, host: FioHost): FioReplaced {
  const ofHost: string[] = [];
  const unset: string[] = [];
  let missing: FioReplaced | undefined;
  const withVariables = value.replace(/\$\{([^}]*)\}/g, (whole, name) => {
    const found = /^[A-Za-z_]\w*$/.test(name) ? host.variable(name) : undefined;
    if (host === DENO_HOST) tell(whole);
    if (found === null) {
      missing = {
        found: whole,
        expected: "a variable that the lab may read: FIO_..., or any with " +
          `deno run --allow-env=${name}`,
      };
    } else if (found === undefined) unset.push(whole);
    else ofHost.push(whole);
    return found ?? "";
  });
  if (missing !== undefined) return missing;
  const words = ofHost.length;
  const replaced = withVariables.replace(
    /\$(pagesize|mb_memory|ncpus)/g,
    (whole, name) => {
      const number = keyword(name, host);
      if (host === DENO_HOST) tell(whole);
      if (number === null) {
        missing = {
          found: whole,
          expected: "a keyword that the lab may replace: deno run --allow-sys",
        };
      } else ofHost.push(`${whole} (${number})`);
      return String(number);
    },
  );
  if (missing !== undefined) return missing;
  if (ofHost.length === words || !/[-+*/]/.test(replaced)) {
    return { text: replaced, ofHost, unset };
  }
  const result = evaluateExpression(replaced);
  return result === null
    ? { found: value.trim(), expected: "arithmetic that has a result" }
    : { text: String(result), ofHost, unset };
}

function tell(text: string): void {
  if (!isHostValue(text)) return;
  for (const watcher of watchers) watcher(text);
}

function keyword(name: string, host: FioHost): number | null {
  if (name === "pagesize") return PAGE_BYTES;
  return name === "ncpus" ? host.cpus() : host.memoryMib();
}
