import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import {
  controllerOf,
  type MachineSetup,
  memoryMapOf,
} from "../../../sim/setup/machine_setup.ts";
import {
  bounces,
  checkMachine,
  checkReach,
} from "../../../bench/setup/machine_check.ts";

const PLAIN: MachineSetup = { sgl: false, iommu: false };

function reach(machine: Partial<MachineSetup>, abiName = "lp64", mdts = 5) {
  const abi = findAbi(abiName);
  const whole = { ...PLAIN, ...machine };
  const map = memoryMapOf(whole, {
    is64Bit: abi.pointerBytes === 8,
    leastDramBytes: 0,
    folioOrder: 0,
  });
  checkReach(whole, { map, abi, limits: nvmeLimits(mdts) });
  return bounces(whole, map);
}

Deno.test("checkMachine() refuses numbers that no machine has, by name", () => {
  const cases: [Partial<MachineSetup>, string][] = [
    [{ dmaMaskBits: 23 }, "--dma-mask 23, expected a whole number"],
    [{ dmaMaskBits: 65 }, "from 24 to 64"],
    [{ bouncePoolBytes: 1000 }, "expected a multiple of 256 KiB"],
    [{ bouncePoolBytes: 2 ** 33 }, "up to 3.5 GiB"],
    // The pool of 64 MiB begins at 512 MiB: 30 bits reach it, 29 do not.
    [{ dmaMaskBits: 29 }, "found a bounce pool up to 0x23ffffff"],
    [{ settings: { tags: 0 } }, "nr_requests of 0, expected"],
    [
      { settings: { scheduler: "bfq" } },
      'Cannot find scheduler "bfq", expected one of: none, mq-deadline',
    ],
    [{ settings: { driverTags: 0 } }, "queue_depth of 0, expected"],
    [
      { settings: { frontMerges: 1 } },
      "Cannot use setting front_merges: found no scheduler, expected " +
      "scheduler mq-deadline",
    ],
    [
      { settings: { scheduler: "none", asyncDepth: 4 } },
      "setting async_depth: found no scheduler",
    ],
    [
      { settings: { scheduler: "mq-deadline", asyncDepth: 0 } },
      "async_depth of 0, expected a whole number from 1 to 2147483647",
    ],
    [
      { settings: { scheduler: "mq-deadline", tags: 2049 } },
      "nr_requests 2049: found scheduler mq-deadline, expected 2048 at most",
    ],
    [
      { settings: { tags: 5, driverTags: 4 } },
      "nr_requests 5: found a queue_depth of 4 and no scheduler",
    ],
  ];
  for (const [machine, text] of cases) {
    assertThrows(
      () => checkMachine({ ...PLAIN, ...machine }),
      RangeError,
      text,
    );
  }
  checkMachine(PLAIN);
  checkMachine({ ...PLAIN, dmaMaskBits: 30 });
  checkMachine({
    ...PLAIN,
    settings: {
      scheduler: "mq-deadline",
      tags: 64,
      driverTags: 4,
      frontMerges: 0,
      fifoBatch: 0,
      writesStarved: 0,
      asyncDepth: 1,
    },
  });
});

Deno.test("checkReach() refuses memory that cannot be mapped", () => {
  // Host memory of lp64 is 4 GiB to 4.25 GiB, of 32-bit 128 to 256 MiB.
  assertThrows(
    () => reach({ dmaMaskBits: 32, bouncePoolBytes: 0 }),
    RangeError,
    "host memory up to 0x10fffffff: found a DMA mask of 32 bits and no bounce",
  );
  assertEquals(reach({ dmaMaskBits: 32 }), true);
  assertEquals(reach({ dmaMaskBits: 33, bouncePoolBytes: 0 }), false);
  assertEquals(reach({ dmaMaskBits: 32, iommu: true }), false);
  assertEquals(reach({ forceBounce: true }, "ilp32"), true);
  assertEquals(reach({ dmaMaskBits: 30 }, "ilp32"), false);
  // MDTS 7 is 512 KiB; 252 KiB is what swiotlb maps for NVMe (T37).
  assertThrows(
    () => reach({ forceBounce: true }, "lp64", 7),
    RangeError,
    "max_sectors of 1024: found bouncing, which maps 258048 bytes at most",
  );
  for (
    const [machine, abi, text] of [
      [{ memoryStart: 2 ** 36 }, "ilp32_pae", "36 bits of physical address"],
      [{ memoryStart: 0x3c00_0400_0000 }, "lp64", "memory of its own"],
      [{ memoryStart: 0x2000_0000, forceBounce: true }, "ilp32", "bounce pool"],
    ] as const
  ) {
    assertThrows(() => reach(machine, abi), RangeError, text);
  }
  assertEquals(reach({ memoryStart: 0x4000_0000 }, "ilp32"), false);
});

Deno.test("controllerOf() has a pool where something is bounced", () => {
  const { sgl, iommu, forceBounce = false } = controllerOf(PLAIN);
  assertEquals([sgl, iommu, forceBounce], [false, false, false]);
  const pool = (machine: Partial<MachineSetup>) =>
    controllerOf({ ...PLAIN, ...machine }).bouncePoolBytes;
  assertEquals(pool({}), 0);
  assertEquals(pool({ forceBounce: true }), 64 << 20);
  assertEquals(pool({ dmaMaskBits: 32 }), 64 << 20);
  assertEquals(pool({ dmaMaskBits: 48 }), 0);
  assertEquals(pool({ dmaMaskBits: 32, iommu: true }), 0);
  assertEquals(pool({ forceBounce: true, bouncePoolBytes: 1 << 20 }), 1 << 20);
});
