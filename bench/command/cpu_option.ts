/**
 * The option `--cpu NAME|FILE`, which several commands take.
 */
import { type Cpu, parseCpu } from "../../sim/cache/cpu.ts";
import { cpuPreset, cpuPresetNames } from "../../sim/cache/presets.ts";
import { LONGEST_FORM_BYTES, readText } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";
import { unknownName } from "./command.ts";

/**
 * Gives the CPU that the user named.
 *
 * @param name Name of a preset, or path of a CPU file.
 * @param others Names that the command takes besides.
 * @returns The CPU.
 * @throws {RangeError} If there is no preset of that name.
 * @throws {SyntaxError} If the file is no CPU file.
 */
export async function readCpu(
  name: string,
  others: readonly string[] = [],
): Promise<Cpu> {
  if (cpuPresetNames.includes(name)) return cpuPreset(name);
  if (!/[./\\]/.test(name)) {
    throw unknownName("CPU", name, [...cpuPresetNames, ...others]);
  }
  let text: string;
  try {
    text = await readText(name, LONGEST_FORM_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read CPU file "${name}": ${systemReason(error)}, expected a ` +
        `JSON file or one of: ${cpuPresetNames.join(", ")}`,
    );
  }
  return parseCpu(name, text);
}
