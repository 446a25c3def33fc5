/** Compilers and tools that tests of counting make of shell scripts. */
import { assertEquals, assertRejects } from "@std/assert";
import { findAbi } from "../../../../layouts/abi.ts";
import { preparePath } from "../../../../bench/native/count/dump.ts";
import { MachineCodeCounter } from "../../../../bench/native/count/machine_code.ts";
import type { CountChoice } from "../../../../bench/setup/count_choice.ts";
import {
  type Toolchain,
  toolchainOf,
} from "../../../../bench/native/count/toolchain.ts";
import { NativeEngineError } from "../../../../bench/native/error.ts";
import { inFolder } from "../../lab_in_process.ts";
import { abiOptions, firstIosOf } from "./counted_paths.ts";

export const LP64 = findAbi("lp64");
export const OPTIONS = abiOptions(LP64, "page_offset");
export const WINDOW = await firstIosOf(OPTIONS, "4k-hot", 8);
/** Programs of all of these tests: what is compiled is compiled once. */
export const CACHE = await Deno.makeTempDir();
globalThis.addEventListener(
  "unload",
  () => Deno.removeSync(CACHE, { recursive: true }),
);
/** Everything that has to end in this long is a program that does at once. */
const TIMEOUT_MS = 60_000;

/** A program that is a script. */
export async function script(
  folder: string,
  name: string,
  lines: string,
): Promise<string> {
  const path = `${folder}/${name}`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return path;
}

/** Says its version, and does something else otherwise. */
export const versioned = (line: string, rest: string) =>
  `[ "$1" = --version ] && echo "${line}" && exit 0\n${rest}`;

export function toolchain(change: Partial<Toolchain>): Toolchain {
  return {
    ...toolchainOf(LP64, { arch: "x86_64" }),
    // What is needed once, for the plugin and the program.
    ...{ compilers: ["cc"], qemu: "no-such-qemu" },
    programs: { perf: "no-such-perf", valgrind: "no-such-valgrind" },
    ...change,
  };
}

export async function start(
  change: Partial<Toolchain>,
  choice: Exclude<CountChoice, "off"> = "auto",
): Promise<MachineCodeCounter> {
  return await MachineCodeCounter.start({
    ...{ choice, abi: LP64, cacheDir: CACHE },
    ...{ timeoutMs: TIMEOUT_MS, toolchain: toolchain(change) },
  });
}

/** One line, without a path through the lab's own code. */
export function assertOneLine(message: string) {
  assertEquals(message.includes("\n"), false, message);
  assertEquals(/\bat .*\.ts:\d/.test(message), false, message);
}

export async function refusal(
  change: Partial<Toolchain>,
  choice: Exclude<CountChoice, "off"> = "auto",
): Promise<string> {
  const { message } = await assertRejects(
    () => start(change, choice),
    NativeEngineError,
  );
  assertOneLine(message);
  return message;
}

/** Counts with tools of which one at least does its work. */
export async function complaintsOf(
  make: (folder: string) => Promise<Partial<Toolchain>>,
  choice: Exclude<CountChoice, "off"> = "auto",
): Promise<readonly string[]> {
  let complaints: readonly string[] = [];
  await inFolder(async (folder) => {
    const counter = await start(await make(folder), choice);
    try {
      const found = await counter.count(preparePath(OPTIONS, WINDOW));
      complaints = found.complaints;
    } catch (error) {
      if (!(error instanceof NativeEngineError)) throw error;
      complaints = [error.message];
    }
  });
  complaints.forEach(assertOneLine);
  return complaints;
}

/**
 * Never ends while the test lives, and heeds no SIGTERM, nor does its child,
 * which keeps the pipes open: a test run that is killed leaves none of them.
 */
export const HANG = "trap '' TERM\ntest=$PPID\n" +
  "(while kill -0 $test 2>/dev/null; do sleep 1; done)\n:";
