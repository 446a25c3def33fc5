import { assertEquals } from "@std/assert";
import { commandLab, scattered, WIDE_LIMITS } from "./command_lab.ts";

Deno.test("createCommandBuilder() gives the first block in 64 bits", () => {
  const blocks = [
    0,
    5,
    2 ** 29 - 1,
    2 ** 29,
    2 ** 32 - 1,
    2 ** 32 + 3,
    2 ** 40,
  ];
  for (const logicalBlockBytes of [512, 4096]) {
    const lab = commandLab({
      limits: { ...WIDE_LIMITS, logicalBlockBytes, physicalBlockBytes: 4096 },
    });
    for (const block of blocks) {
      const sector = block * logicalBlockBytes / 512;
      lab.submit([{ sector, pieces: scattered(2) }]);
      assertEquals(
        lab.seen.map(({ firstBlock, blocks }) => [firstBlock, blocks]),
        [[block, 8192 / logicalBlockBytes]],
      );
    }
  }
});
