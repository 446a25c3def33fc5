import { assertEquals, assertThrows } from "@std/assert";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { crcT10dif } from "../../../sim/nvme/t10_pi.ts";
import {
  BARS,
  type CommandLab,
  commandLab,
  DRAM,
  type LabOptions,
  scattered,
} from "./command_lab.ts";

function piLab(options: LabOptions = {}) {
  const counts = { guards: 0, kmaps: 0, refused: 0 };
  const lab = commandLab({
    limits: nvmeLimits(5),
    ...options,
    controller: {
      ...options.controller,
      integrity: true,
      integrityCounts: counts,
    },
  });
  return { lab, counts };
}

Deno.test("crcT10dif() gives the published check value", () => {
  // CRC-16/T10-DIF of the RevEng catalogue: check 0xd0db.
  assertEquals(crcT10dif(0, new TextEncoder().encode("123456789")), 0xd0db);
  assertEquals(crcT10dif(0, new Uint8Array(512)), 0);
});

Deno.test("createIntegrity() guards every block both ways", () => {
  for (const kernel of ["6.1", "6.12", "7.2"]) {
    for (const blocks of [8, 256]) {
      const { lab, counts } = piLab({ kernel });
      const pieces = scattered(blocks / 8);
      const commands = lab.commands([
        { pieces, write: true, sector: 1000 },
        { pieces, sector: 77 },
      ]);
      // PRCHK_GUARD | PRCHK_REF, and the low 32 bits of the first block.
      assertEquals(
        commands.map(({ control, referenceTag, metadataPointer }) => [
          control,
          referenceTag,
          metadataPointer > 0,
        ]),
        [[0x1400, 1000, true], [0x1400, 77, true]],
      );
      // A write computes them before, a read behind: each once a block.
      assertEquals(counts, { guards: 2 * blocks, kmaps: 0, refused: 0 });
    }
  }
});

Deno.test("createDecodingDevice() refuses a wrong guard or reference", () => {
  const broken = (at: number) => {
    const { lab }: { lab: CommandLab } = piLab({
      more: {
        probe: {
          command: (entry) => {
            const { view, getLe32 } = lab.assembly.memory;
            const tuple = getLe32(entry + 16) + at;
            view.setUint8(tuple, view.getUint8(tuple) ^ 1);
          },
        },
      },
    });
    const io = {
      pieces: [{ phys: DRAM, bytes: 4096 }],
      write: true,
      sector: 5,
    };
    return assertThrows(() => lab.commands([io])).toString();
  };
  // Bytes 0 and 1 of a tuple are the guard, 4 to 7 the reference; the second
  // tuple is of block 6.
  for (const [at, block] of [[0, 5], [8 + 1, 6], [7, 5]] as const) {
    assertEquals(
      broken(at).includes(`Cannot write block ${block}: its guard is 0x`),
      true,
    );
  }
});

Deno.test("createIntegrity() finds what a read got wrong", () => {
  // The device is told another reference than the host expects.
  const { lab }: { lab: CommandLab } = piLab({
    more: {
      probe: {
        command: (entry) => lab.assembly.memory.setLe32(entry + 56, 99),
      },
    },
  });
  assertEquals(lab.submit([{ pieces: [{ phys: DRAM, bytes: 4096 }] }]), 1);
  assertEquals(
    Object.values(lab.assembly.path.balance()).filter((n) => n !== 0),
    [],
  );
});

Deno.test("createIntegrity() maps high memory page by page on 32-bit", () => {
  const at = (startPhys: number, abi = "ilp32_pae") => {
    const { lab, counts } = piLab({
      abi,
      map: {
        dram: [{ startPhys: BigInt(startPhys), sizeBytes: 1 << 24 }],
        providers: [],
      },
    });
    lab.commands([{ pieces: scattered(8, startPhys), write: true }]);
    return counts.kmaps;
  };
  // Low memory ends at 896 MiB; PAE has memory above 4 GiB, too.
  assertEquals(at(0x3000_0000), 0);
  assertEquals(at(0x3800_0000), 8);
  assertEquals(at(0x1_0000_0000), 8);
  assertEquals(at(0x1_0000_0000, "lp64"), 0);
});

Deno.test("createIntegrity() refuses memory without a CPU address", () => {
  const p2p = { pieces: [{ phys: BARS[0], bytes: 16384, provider: 1 }] };
  const host = { pieces: scattered(2) };
  for (
    const [layout, recognition, io] of [
      ["page_offset", "page", p2p],
      ["phys_flags", "segment", p2p],
      ["dma_vec", "map_first", host],
    ] as const
  ) {
    const { lab, counts } = piLab({ layout, recognition });
    assertEquals(lab.submit([io]), 1);
    assertEquals(counts.refused, 1);
    assertEquals(lab.seen, []);
  }
});
