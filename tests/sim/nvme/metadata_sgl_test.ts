import { assertEquals, assertThrows } from "@std/assert";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { crcT10dif } from "../../../sim/nvme/t10_pi.ts";
import {
  type CommandLab,
  commandLab,
  DRAM,
  type LabIo,
  type LabOptions,
} from "./command_lab.ts";

const KERNELS = ["6.1", "6.12", "7.2"];
const KIB = 1024;

/** A machine of eight I/Os a plug whose blocks are guarded. */
function mergeLab(
  kernel: string,
  options: { metadataSgl?: boolean; more?: LabOptions["more"] } = {},
): CommandLab {
  const { metadataSgl = false } = options;
  return commandLab({
    kernel,
    limits: nvmeLimits(7, { kernel, sgl: true, metadataSgl }),
    controller: { sgl: true, metadataSgl, integrity: true },
    more: { batch: 32, depth: 32, ...options.more },
  });
}

/** I/Os that follow each other on the device, 64 KiB apart in memory. */
function sequence(count: number, bytes: number, first = 0): LabIo[] {
  return Array.from({ length: count }, (_, i) => ({
    sector: first + i * (bytes / 512),
    pieces: [{
      phys: DRAM + i * Math.ceil(bytes / (64 * KIB)) * 64 * KIB,
      bytes,
    }],
  }));
}

function inUse({ assembly }: CommandLab): string[] {
  return Object.entries(assembly.path.balance())
    .flatMap(([name, count]) => count === 0 ? [] : [name]);
}

Deno.test("bios with metadata do not merge where one address names it", () => {
  for (const kernel of KERNELS) {
    const lab = mergeLab(kernel);
    assertEquals(lab.submit(sequence(8, 4096)), 0);
    // blk_integrity_merge_bio(): 1 + 1 pieces are more than 1.
    assertEquals(lab.seen.length, 8, kernel);
    assertEquals(
      lab.seen.map(({ transferType }) => transferType === 2),
      Array.from({ length: 8 }, () => false),
    );
    // Without metadata they are one request.
    const plain = commandLab({
      kernel,
      limits: nvmeLimits(7, { kernel }),
      more: { batch: 8, depth: 8 },
    });
    plain.submit(sequence(8, 4096));
    assertEquals(plain.seen.length, 1, kernel);
  }
});

Deno.test("fifteen bios with metadata merge where an SGL names it", () => {
  const lab = mergeLab("7.2", { metadataSgl: true });
  assertEquals(lab.submit(sequence(32, 4096, 1000)), 0);
  const seen = lab.seen.toSorted((a, b) => a.firstBlock - b.firstBlock);
  assertEquals(seen.map(({ blocks }) => blocks), [15 * 8, 15 * 8, 2 * 8]);
  for (const command of seen) {
    // NVME_CMD_SGL_METASEG, though the average is below sgl_threshold: eight
    // tuples of 8 bytes a bio, each bio's in a buffer of its own.
    assertEquals([command.kind, command.transferType], ["sgl", 2]);
    const { metadataDescriptors = [], descriptors } = command;
    assertEquals(
      metadataDescriptors.map(([, bytes]) => bytes),
      descriptors.map(() => 64),
    );
    assertEquals(
      new Set(metadataDescriptors.map(([address]) => address)).size,
      descriptors.length,
    );
    assertEquals(command.referenceTag, command.firstBlock);
  }
  assertEquals(inUse(lab), []);
});

Deno.test("a bio alone has its metadata by address, with SGLs, too", () => {
  const lab = mergeLab("7.2", { metadataSgl: true });
  const [command] = lab.commands(sequence(1, 4096));
  assertEquals([command?.kind, command?.transferType], ["prp", 0]);
  assertEquals(command?.metadataDescriptors, undefined);
});

Deno.test("6.12 merges bios only where their metadata has no gap", () => {
  // virt_boundary_mask stays 4095 there, and metadata is 8 bytes of 512: a
  // page of it is 256 KiB of data. 128 KiB have 2 KiB, which begin no page.
  const lab = mergeLab("6.12", { metadataSgl: true });
  const commands = (sizes: readonly number[]) => {
    let bytes = 0;
    lab.submit(sizes.map((size) => {
      const at = bytes;
      bytes += size;
      return { sector: at / 512, pieces: [{ phys: DRAM + at, bytes: size }] };
    }));
    return lab.seen.map(({ blocks }) => blocks / 2);
  };
  assertEquals(commands([128 * KIB, 128 * KIB, 128 * KIB]), [128, 128, 128]);
  assertEquals(commands([256 * KIB, 256 * KIB]), [512]);
  assertEquals(commands([256 * KIB, 132 * KIB]), [388]);
  assertEquals(commands([256 * KIB, 128 * KIB]), [256, 128]);
  assertEquals(commands([132 * KIB, 256 * KIB]), [132, 256]);
  // Backwards: what matters is the end of the metadata that comes in front.
  const backwards = (firstBytes: number) => {
    lab.submit([
      {
        sector: firstBytes / 512,
        pieces: [{ phys: DRAM + firstBytes, bytes: 132 * KIB }],
      },
      { sector: 0, pieces: [{ phys: DRAM, bytes: firstBytes }] },
      { sector: 9000, pieces: [{ phys: DRAM, bytes: 4096 }] },
    ]);
    return lab.seen.map(({ blocks }) => blocks / 2).toSorted((a, b) => a - b);
  };
  assertEquals(backwards(256 * KIB), [4, 388]);
  assertEquals(backwards(128 * KIB), [4, 128, 132]);
  assertEquals(inUse(lab), []);
});

Deno.test("guards of merged bios lie where the device looks for them", () => {
  const tuples: number[][] = [];
  const lab: CommandLab = mergeLab("7.2", {
    metadataSgl: true,
    more: {
      probe: {
        command: (entry) => {
          // MPTR names a last-segment descriptor, and that the data descriptors.
          const { view, getLe32 } = lab.assembly.memory;
          const list = getLe32(entry + 16);
          assertEquals(view.getUint8(list + 15), 0x30);
          assertEquals(getLe32(list), list + 16);
          for (let i = 0; i < getLe32(list + 8) / 16; i++) {
            const buffer = getLe32(list + 16 + i * 16);
            tuples.push([
              view.getUint16(buffer, false),
              view.getInt32(buffer + 4, false),
              view.getInt32(buffer + 8 + 4, false),
            ]);
          }
        },
      },
    },
  });
  // What lies in memory is zero, which the medium is not: the device stops at
  // the bytes, but the guards are there before.
  const writes = sequence(3, 1024, 40).map((io) => ({ ...io, write: true }));
  assertThrows(
    () => lab.submit(writes),
    Error,
    "differs, expected the I/O's data",
  );
  const zero = crcT10dif(0, new Uint8Array(512));
  assertEquals(tuples, [[zero, 40, 41], [zero, 42, 43], [zero, 44, 45]]);
});

Deno.test("createDecodingDevice() refuses metadata that is not all there", () => {
  const wrong = (
    change: (list: number, view: DataView, entry: number) => void,
  ) => {
    const lab: CommandLab = mergeLab("7.2", {
      metadataSgl: true,
      more: {
        probe: {
          command: (entry) =>
            change(
              lab.assembly.memory.getLe32(entry + 16),
              lab.assembly.memory.view as DataView,
              entry,
            ),
        },
      },
    });
    return assertThrows(() => lab.submit(sequence(3, 1024))).toString();
  };
  // Three bios of two blocks: 48 bytes of metadata.
  assertEquals(
    wrong((list, view) => view.setInt32(list + 8, 32, true)),
    "DeviceError: Cannot execute a command: its metadata SGL lacks 16 " +
      "bytes, expected descriptors for all blocks",
  );
  assertEquals(
    wrong((list, view) => view.setInt32(list + 16 + 8, 49, true)),
    "DeviceError: Cannot take a metadata descriptor of type 0x0 and 49 " +
      "bytes, expected a data block of 1 to 48 bytes",
  );
  assertEquals(
    wrong((list, view) => view.setUint8(list + 16 + 15, 0x30)),
    "DeviceError: Cannot take a metadata descriptor of type 0x30 and 16 " +
      "bytes, expected a data block of 1 to 48 bytes",
  );
  assertEquals(
    wrong((list, view) => view.setInt32(list + 16 + 4, 9, true)).slice(0, 53),
    "DeviceError: Cannot read metadata at bus address 0x90",
  );
  assertEquals(
    wrong((_list, view, entry) => view.setUint8(entry + 1, 0xc0)),
    "DeviceError: Cannot take a command of transfer type 3, expected PRPs (0) " +
      "or an SGL (1, 2)",
  );
});

Deno.test("requests wait for metadata buffers, and none is lost", () => {
  // 128 buffers: 10 requests of 15 bios need 150.
  const lab = mergeLab("7.2", {
    metadataSgl: true,
    more: { batch: 150, depth: 200 },
  });
  assertEquals(lab.submit(sequence(150, 4096)), 0);
  assertEquals(lab.assembly.path.counts.ios, 150);
  assertEquals(inUse(lab), []);
});
