/**
 * The texts of `--cpu NAME|FILE`, which several commands take.
 */
import { type Cpu, parseCpu } from "../../sim/cache/cpu.ts";
import { isLscpu, readLscpu } from "../../sim/cache/lscpu.ts";
import { cpuPreset, cpuPresetNames } from "../../sim/cache/presets.ts";
import type { FieldFile } from "../../sim/text/field.ts";
import { type TextCodec, textOf } from "../../sim/text/field_text.ts";
import { unknownName } from "../../sim/text/unknown_name.ts";
import { readFieldText } from "./field_text.ts";
import { HOST_CPU, hostCpu } from "./host_cpu.ts";

/** What `--cpu` takes for no cache model at all. */
export const NO_CPU = "none";

/**
 * Makes a codec of names of CPUs: presets, and `host` for this machine.
 *
 * @returns The codec; nothing for the path of a file.
 */
export function cpuText<Name extends string = never>(
  others: readonly Name[],
): TextCodec<Cpu | Name | undefined> {
  return textOf<Cpu | Name | undefined>(
    async (name) => {
      const other = others.find((known) => known === name);
      if (other !== undefined) return other;
      if (cpuPresetNames.includes(name)) return cpuPreset(name);
      if (name === HOST_CPU) return await hostCpu();
      if (/[./\\]/.test(name)) return undefined;
      throw unknownName("CPU", name, [...cpuPresetNames, HOST_CPU, ...others]);
    },
    (cpu) => typeof cpu === "string" ? cpu : cpu?.name ?? "",
  );
}

/** A CPU file, or what `lscpu -C --json` printed. */
export const CPU_FILE: FieldFile<Cpu> = {
  what: "CPU file",
  expected: `a CPU file, the output of lscpu -C --json or one of: ${
    [...cpuPresetNames, HOST_CPU].join(", ")
  }`,
  parse: (text, path) =>
    isLscpu(text) ? readLscpu(path, text) : parseCpu(path, text),
};

const CPU_NOTE = { text: cpuText([]), file: CPU_FILE };

/**
 * Returns the CPU that the user named.
 *
 * @param name Name of a preset, `host` for this machine, or path of a CPU file
 *   or of what `lscpu -C --json` printed.
 * @throws {RangeError} If there is no preset of that name.
 * @throws {SyntaxError} If the file is not a CPU file.
 */
export async function readCpu(name: string): Promise<Cpu> {
  return await readFieldText(CPU_NOTE, name) as Cpu;
}
