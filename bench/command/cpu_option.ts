/**
 * The option `--cpu NAME|FILE`, which several commands take.
 */
import { type Cpu, parseCpu } from "../../sim/cache/cpu.ts";
import { isLscpu, readLscpu } from "../../sim/cache/lscpu.ts";
import { cpuPreset, cpuPresetNames } from "../../sim/cache/presets.ts";
import { LONGEST_FORM_BYTES, readText } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";
import { unknownName } from "./command.ts";
import { HOST_CPU, hostCpu } from "./host_cpu.ts";

/**
 * Gives the CPU that the user named.
 *
 * @param name Name of a preset, `host` for this machine, or path of a CPU file
 *   or of what `lscpu -C --json` printed.
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
  if (name === HOST_CPU) return await hostCpu();
  if (!/[./\\]/.test(name)) {
    throw unknownName("CPU", name, [...cpuPresetNames, HOST_CPU, ...others]);
  }
  let text: string;
  try {
    text = await readText(name, LONGEST_FORM_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read CPU file "${name}": ${systemReason(error)}, expected a ` +
        `CPU file, the output of lscpu -C --json or one of: ${
          [...cpuPresetNames, HOST_CPU].join(", ")
        }`,
    );
  }
  return isLscpu(text) ? readLscpu(name, text) : parseCpu(name, text);
}
