/**
 * `lab layouts --fast-path`: which lines and bytes of each kernel structure an
 * I/O touches, as the tables of Documentation/networking/net_cachelines are
 * for the network stack.
 */
import type { Abi } from "../../layouts/abi.ts";
import { findLayout } from "../../layouts/registry.ts";
import { STRUCTURE_TAGS } from "../../sim/kernel/field_at.ts";
import { DEFAULT_KERNEL, pathProfile } from "../../sim/kernel/profile.ts";
import { type OwnKernel, structOfTag } from "../../sim/kernel/own_kernel.ts";
import { nvmeLimits } from "../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../sim/memory/memory_map.ts";
import type { AccessBatch } from "../../sim/trace/access_batch.ts";
import { FieldHeat } from "../../sim/trace/field_heat.ts";
import { STAGES } from "../../sim/path/path_stages.ts";
import { dataIos } from "../../sim/replay/replay.ts";
import { tracePath } from "../../sim/replay/traced_path.ts";
import { openWorkload } from "../../sim/workload/workload.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { BASELINE } from "../setup/baseline.ts";

/** The kernel whose structures are looked at; default: the recorded one. */
export interface FastPathKernel {
  readonly kernel: string;
  /** Structures of the user's own kernel, which go before those. */
  readonly ownKernel?: OwnKernel | undefined;
}

/** One structure on one ABI. Lines have 64 bytes. */
export interface FastPathRow {
  readonly structure: string;
  readonly abi: string;
  readonly sizeBytes: number;
  /** Lines of an object that begins a line. */
  readonly lines: number;
  /** Of those, lines with a touched byte. */
  readonly fastLines: number;
  /** Distinct bytes of an object that are touched. */
  readonly fastBytes: number;
  /** Lines that those bytes would need one after another. */
  readonly packedLines: number;
}

/** I/Os that are traced: small ones, and ones of many segments. */
const WORKLOADS = ["randrw-70-30-4k", "128k-scattered"] as const;
const IOS = 64;
const LINE_BYTES = 64;
const WIDTH = 80;
/** What a device reads, and so no structure of a CPU's fast path. */
const RINGS = ["nvme sq", "nvme cq", "page", "dev_pagemap"];

/**
 * Traces I/Os of the baseline layout and counts what they touch.
 *
 * @param of The kernel; default: the recorded one.
 * @returns A row for each structure whose fields are known and that is touched.
 */
export async function fastPath(
  abi: Abi,
  signal: AbortSignal,
  of: FastPathKernel = { kernel: DEFAULT_KERNEL },
): Promise<FastPathRow[]> {
  const memoryMap = defaultMemoryMap(abi.physBytes === 8);
  const touched = new Map<string, Set<number>>();
  for (const name of WORKLOADS) {
    let consume: (batch: AccessBatch) => void = () => {};
    const { assembly, parts, record } = tracePath({
      layout: findLayout(BASELINE),
      abi,
      ...of,
      recognition: "page",
      limits: nvmeLimits(7),
      map: memoryMap,
      depth: 1,
    }, (batch) => consume(batch));
    const { regions } = assembly.memory;
    const heats = fastStructures().map((structure) =>
      new FieldHeat({
        ...{ regions, parts, stages: STAGES, structure },
        struct: structOf(structure, abi, of),
      })
    );
    consume = (batch) => {
      for (const heat of heats) heat.take(batch);
    };
    const workload = await openWorkload(name, { seed: 1, memoryMap, ios: IOS });
    for await (
      const window of workload.windows({ ios: IOS, pieces: 1 << 15 })
    ) {
      assembly.path.open(window);
      record(true);
      for (const io of dataIos(window)) {
        signal.throwIfAborted();
        assembly.path.submit(window, io);
        assembly.path.drain();
      }
      record(false);
    }
    for (const [i, structure] of fastStructures().entries()) {
      const bytes = touched.get(structure) ?? new Set();
      for (const at of heats[i]?.bytes ?? []) bytes.add(at);
      touched.set(structure, bytes);
    }
  }
  return fastStructures().flatMap((structure): FastPathRow[] => {
    const bytes = touched.get(structure) ?? new Set();
    if (bytes.size === 0) return [];
    const { sizeBytes } = structOf(structure, abi, of);
    const lines = new Set([...bytes].map((at) => Math.floor(at / LINE_BYTES)));
    return [{
      structure,
      abi: abi.name,
      sizeBytes,
      lines: Math.ceil(sizeBytes / LINE_BYTES),
      fastLines: lines.size,
      fastBytes: bytes.size,
      packedLines: Math.ceil(bytes.size / LINE_BYTES),
    }];
  });
}

function fastStructures(): string[] {
  return Object.keys(STRUCTURE_TAGS).filter((name) => !RINGS.includes(name));
}

function structOf(
  structure: string,
  abi: Abi,
  { kernel, ownKernel }: FastPathKernel,
) {
  const tag = STRUCTURE_TAGS[structure] ?? "";
  return structOfTag(tag, { kernel, abi, ownKernel });
}

const COLUMNS: readonly Column<FastPathRow>[] = [
  { header: "struct", left: true, cell: ({ structure }) => structure },
  { header: "bytes", cell: ({ sizeBytes }) => String(sizeBytes) },
  { header: "lines", cell: ({ lines }) => String(lines) },
  { header: "lines, fast", cell: ({ fastLines }) => String(fastLines) },
  { header: "bytes, fast", cell: ({ fastBytes }) => String(fastBytes) },
  { header: "lines, packed", cell: ({ packedLines }) => String(packedLines) },
];

/**
 * Formats the tables of ABIs.
 *
 * @param of The kernel; default: the recorded one.
 * @returns Text of 80 columns; ends in a line feed.
 */
export function formatFastPath(
  rows: readonly FastPathRow[],
  { kernel, ownKernel }: FastPathKernel = { kernel: DEFAULT_KERNEL },
): string {
  const lines = [...Map.groupBy(rows, ({ abi }) => abi)].flatMap(
    ([abi, own]) => [
      ...wrap(
        `Structures in the fast path on ${abi}: ${WORKLOADS.join(" and ")}, ` +
          `${BASELINE}, ${
            ownKernel === undefined
              ? `kernel ${kernel}`
              : `structures of ${
                printableLine(ownKernel.name)
              }, rules of kernel ` +
                kernel
          }`,
        { width: WIDTH },
      ),
      "",
      ...plainTable(COLUMNS, own, { maxWidth: WIDTH }),
      "",
    ],
  );
  const note = 'An object begins a line here; "packed" is how many lines the ' +
    "touched bytes would need one after another. Fields as recorded of " +
    `Debian's ${pathProfile(kernel).touchesAs} on amd64, places ` +
    (ownKernel === undefined
      ? "of each ABI's own kernel."
      : `of ${printableLine(ownKernel.name)}.`);
  return `${[...lines, ...wrap(note, { width: WIDTH })].join("\n")}\n`;
}
