import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Abi, abis } from "../../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { layouts } from "../../../layouts/registry.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import {
  recognitions,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";
import {
  type CommandLab,
  commandLab,
  DRAM,
  type LabIo,
  SMALL_MAP,
} from "./command_lab.ts";
import { OneArena } from "../one_arena.ts";

/** Bytes as runs of physical memory, adjacent ones joined. */
function runs(pieces: readonly (readonly [number, number])[]) {
  const joined: [number, number][] = [];
  for (const [start, bytes] of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] + last[1] === start) last[1] += bytes;
    else joined.push([start, bytes]);
  }
  return joined;
}

function addressAlign(layout: Layout, abi: Abi): number {
  const limits = layoutLimits(layout, abi);
  return isUnsupported(limits) ? 1 : limits.addressAlignBytes;
}

/** What a command's PRPs say, as address and length. */
function decoded(commands: ReturnType<CommandLab["commands"]>) {
  return commands.flatMap(({ pages, lastPageBytes, blocks }) => {
    let rest = blocks * 512;
    return pages.map((page, i): [number, number] => {
      const bytes = i === pages.length - 1 ? lastPageBytes : 4096 - page % 4096;
      rest -= bytes;
      if (i > 0) assertEquals(page % 4096, 0);
      if (i === pages.length - 1) assertEquals(rest, 0);
      return [page, bytes];
    });
  });
}

/**
 * I/Os whose pieces meet at pages: the virt boundary splits all others, and a
 * direct I/O's sectors must come out whole. Page numbers are below `pages`.
 */
function ioArbitrary(start: number, pages: number): fc.Arbitrary<LabIo> {
  return fc.record({
    first: fc.nat(7),
    last: fc.integer({ min: 1, max: 8 }),
    // Slots of four pages, so that no memory comes twice.
    run: fc.uniqueArray(
      fc.tuple(fc.nat(pages / 4 - 1), fc.integer({ min: 1, max: 4 })),
      { minLength: 1, maxLength: 40, selector: ([slot]) => slot },
    ),
    write: fc.boolean(),
    sector: fc.nat(1 << 20),
  }).map(({ first, last, run, write, sector }) => {
    const pieces = run.map(([slot, length]) => ({
      phys: start + slot * 4 * 4096,
      bytes: length * 4096,
    }));
    const head = pieces[0];
    if (head !== undefined) {
      head.phys += first * 512;
      head.bytes -= first * 512;
    }
    const tail = pieces.at(-1);
    if (tail !== undefined) {
      // A single page must keep a sector between both ends.
      const isShort = pieces.length > 1 || first < last || tail.bytes > 4096;
      tail.bytes -= isShort ? (8 - last) * 512 : 0;
    }
    return { write, sector, pieces };
  });
}

for (const abi of abis) {
  Deno.test(`decode(encode(x)) is x on ${abi.name}, every layout and recognition (T42)`, () => {
    const is64Bit = abi.pointerBytes === 8;
    const map = is64Bit ? SMALL_MAP : defaultMemoryMap(false);
    const start = is64Bit ? DRAM : 0x0800_0000;
    // Drawn first, so that one path is there at a time.
    const ios = fc.sample(ioArbitrary(start, 4096), { numRuns: 8, seed: 42 });
    const arena = new OneArena();
    for (const layout of layouts) {
      if (isUnsupported(layout.struct(abi))) continue;
      const align = addressAlign(layout, abi);
      for (const recognition of recognitions) {
        if (
          isUnsupported(
            servesRecognition(layout, { abi, recognition }),
          )
        ) continue;
        const lab = commandLab({
          layout: layout.name,
          abi: abi.name,
          recognition,
          map,
          sharesData: true,
          more: { placeArena: arena.place },
        });
        for (const io of ios) {
          // rlist_8 holds page frames: no I/O may begin within one.
          if (io.pieces.some(({ phys }) => phys % align !== 0)) continue;
          const commands = lab.commands([io]);
          assertEquals(
            runs(decoded(commands)),
            runs(io.pieces.map(({ phys, bytes }) => [phys, bytes])),
            `${layout.name}, ${recognition}, ${JSON.stringify(io)}`,
          );
        }
        arena.free(lab.assembly.memory);
      }
    }
  });
}
