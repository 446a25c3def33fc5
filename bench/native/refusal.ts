/**
 * What the path in C does not cover, by the name under which it was asked for:
 * each field of a setup says it of itself.
 */
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import { nativeRefusals } from "../../sim/text/field.ts";
import {
  type PathFields,
  pathFieldsSchema,
} from "../../sim/setup/path_fields.ts";
import {
  NATIVE_RECOGNITIONS,
  type Recognition,
} from "../../sim/recognition/recognition_registry.ts";
import { NativeEngineError } from "./error.ts";

/** The parts of a setup that decide, if they are not the defaults. */
export interface NativeQuestion extends Partial<PathFields> {
  /** How P2P memory is recognised; default: as C can. */
  readonly recognitions?: readonly Recognition[];
}

/**
 * Tells why the path in C does not cover a path that runs in this process.
 *
 * @returns What was found and what was expected, or nothing.
 */
export function nativeRefusal(
  setup: NativeQuestion,
  abi: string,
): string | undefined {
  if (abi !== "lp64") return `--abi ${abi}, expected lp64, this machine's own`;
  return pathRefusal(setup) ??
    (isLittleEndian()
      ? undefined
      : "this big-endian machine, expected a little-endian one, as the lab's " +
        "NVMe rings are");
}

/**
 * Tells why the path in C does not cover a path, on whatever machine.
 *
 * @returns What was found and what was expected, or nothing.
 */
export function pathRefusal(setup: NativeQuestion): string | undefined {
  const other = setup.recognitions?.find((recognition) =>
    !NATIVE_RECOGNITIONS.includes(recognition)
  );
  return nativeRefusals(pathFieldsSchema, setup)[0] ??
    (other === undefined ? undefined : `--recognise ${other}, expected ` +
      NATIVE_RECOGNITIONS.join(", "));
}

/**
 * Refuses what the path in C does not cover.
 *
 * @throws {NativeEngineError} If it does not; says what and why.
 */
export function refuseNative(options: AssemblyOptions): void {
  const { kernel, submitter, vmemmap, ranges, settings, recognition } = options;
  const { controller = {} } = options;
  const { maskBits, topology, integrity, faults, ...others } = controller;
  const setup = {
    ...{ kernel, submitter, recognitions: [recognition] },
    machine: {
      ...{ ...others, dmaMaskBits: maskBits, topology },
      ...{ integrity: integrity ? "t10" : undefined },
      ...{ vmemmap, ranges, settings },
    },
  };
  const reason = nativeRefusal(setup as NativeQuestion, options.abi.name) ??
    (faults === undefined ? undefined : "planned faults, expected none");
  if (reason === undefined) return;
  throw new NativeEngineError(`Cannot run engine native with ${reason}`);
}

function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}
