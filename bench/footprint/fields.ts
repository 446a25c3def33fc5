/**
 * Which fields of a structure a kernel touched and the lab does, by the names
 * that pahole gave them: a load of part of a field, or of two at once, is one
 * of the fields.
 */
import { findAbi } from "../../layouts/abi.ts";
import { fieldsByByte } from "../../sim/kernel/field_at.ts";
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import type { RecordedStructure } from "./recording.ts";
import type { FieldDifferences } from "./result.ts";
import type { TouchedStructure } from "./line_collector.ts";

/** @returns The differences, or nothing where there are none. */
export function fieldDifferences(
  tag: string,
  kernel: string,
  sides: { kernel: RecordedStructure; lab: TouchedStructure },
): FieldDifferences | undefined {
  const names = fieldsByByte(structOffsets(kernel, findAbi("lp64"), tag));
  const recorded = (which: "reads" | "writes") =>
    sides.kernel.fields.filter((field) => field[which] > 0)
      .flatMap(({ offset, size }) =>
        Array.from({ length: size }, (_, i) => offset + i)
      );
  const named = (bytes: Iterable<number>) =>
    new Set([...bytes].flatMap((at) => names[at] ?? []));
  const read = named(recorded("reads"));
  const written = named(recorded("writes"));
  const labRead = named(sides.lab.bytesRead);
  const labWritten = named(sides.lab.bytesWritten);
  const difference = {
    kernelOnlyRead: [...read.difference(labRead)],
    labOnlyRead: [...labRead.difference(read)],
    kernelOnlyWritten: [...written.difference(labWritten)],
    labOnlyWritten: [...labWritten.difference(written)],
  };
  return Object.values(difference).every((one) => one.length === 0)
    ? undefined
    : difference;
}
