/** Paths of any ABI that are counted, and what a test needs to count them. */
import { type Abi, findAbi } from "../../../../layouts/abi.ts";
import type { Recognition } from "../../../../sim/recognition/recognition_registry.ts";
import { findLayout } from "../../../../layouts/registry.ts";
import type { AssemblyOptions } from "../../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../../sim/memory/memory_map.ts";
import { copyWindow, type IoWindow } from "../../../../sim/workload/window.ts";
import { openWorkload } from "../../../../sim/workload/workload.ts";
import { MachineCodeCounter } from "../../../../bench/native/count/machine_code.ts";
import { NativeEngineError } from "../../../../bench/native/error.ts";
import type { CounterOptions } from "../../../../bench/native/count/machine_code.ts";

/** Options of a path on an ABI, by name or as it is. */
export function abiOptions(
  abi: string | Abi,
  layout: string,
  recognition: Recognition = "page",
): AssemblyOptions {
  const own = typeof abi === "string" ? findAbi(abi) : abi;
  return {
    layout: findLayout(layout),
    abi: own,
    kernel: "7.2",
    recognition,
    limits: nvmeLimits(7),
    map: defaultMemoryMap(own.pointerBytes === 8),
    depth: 32,
    decode: false,
  };
}

/** The first I/Os of a workload on the machine of a path. */
export async function firstIosOf(
  { map }: AssemblyOptions,
  name: string,
  ios = 256,
): Promise<IoWindow> {
  const workload = await openWorkload(name, { seed: 1, memoryMap: map, ios });
  for await (const window of workload.windows({ ios, pieces: 1 << 17 })) {
    return copyWindow(window);
  }
  throw new RangeError(`Cannot open "${name}": no I/Os, expected some`);
}

/** Says on stderr what was not done; nothing in the place of it. */
export function tell(line: string): undefined {
  Deno.stderr.writeSync(new TextEncoder().encode(`NOT RUN: ${line}\n`));
}

/**
 * A counter; undefined, and a line on stderr, where its tools are not
 * installed, so that a log never hides that they were absent.
 */
export async function counterOrTell(
  options: CounterOptions,
): Promise<MachineCodeCounter | undefined> {
  try {
    return await MachineCodeCounter.start(options);
  } catch (error) {
    if (!(error instanceof NativeEngineError)) throw error;
    return tell(`not counted: ${error.message}`);
  }
}
