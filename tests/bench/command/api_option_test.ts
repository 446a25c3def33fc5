import { assertEquals, assertStringIncludes } from "@std/assert";
import { lab } from "../lab_in_process.ts";
import { explained } from "./explain_rig.ts";

Deno.test("lab run --api submits the same commands in each way", async () => {
  const cells = await Promise.all(
    [["pread"], ["aio"], ["io_uring"]].map(async ([api = ""]) => {
      const { status, out } = await lab([
        ...["run", "--workload", "4k-hot", "--ios", "8", "--rounds", "0"],
        ...["--layout", "page_offset", "--cpu", "none"],
        ...["--api", api, "--json", "-"],
      ]);
      assertEquals(status, 0, api);
      const { cells: [cell], config } = JSON.parse(out);
      // What goes without saying is in no result.
      const isUsual = api === "io_uring";
      assertEquals(config.api, isUsual ? undefined : api);
      // The system call of a pread waits: one I/O is in flight.
      assertEquals(config.depth, api === "pread" ? 1 : 32);
      assertEquals(cell.setting.includes(`submitted by ${api}`), !isUsual);
      return cell.digest;
    }),
  );
  assertEquals(new Set(cells).size, 1);
});

Deno.test("lab explain --api pread shows a bio on the stack", async () => {
  const { bios, config, lines } = await explained(["--api", "pread"]);
  assertEquals(config.api, "pread");
  assertEquals(
    bios.map(({ array, capacity, arrayBytes }) => [
      array,
      capacity,
      arrayBytes,
    ]),
    [["kmalloc-512", 32, 512]],
  );
  // 32 vectors; page pointers lie among them.
  assertEquals(lines["bio_vec"], 8);
  assertEquals(lines["blkdev_dio"], undefined);
  const [small] = (await explained([
    ...["--api", "pread", "--workload", "4k-hot"],
  ])).bios;
  assertEquals([small?.array, small?.capacity], ["stack", 1]);
});

Deno.test("--api is refused where it cannot be, with the reason", async () => {
  const refused = async (...args: string[]) => {
    const { status, err } = await lab(args);
    assertEquals(status, 2);
    return err;
  };
  assertStringIncludes(
    await refused("run", "--api", "pread", "--depth", "8"),
    "Cannot use --api pread with --depth 8: found a system call that waits " +
      "for its I/O, expected --depth 1, or --api aio or io_uring",
  );
  assertStringIncludes(
    await refused("run", "--api", "pread", "--batch", "4"),
    "Cannot use --api pread with --batch 4",
  );
  assertStringIncludes(
    await refused("explain", "--api", "aio", "--submitter", "registered"),
    "Cannot use --api aio with --submitter registered",
  );
  assertStringIncludes(
    await refused("heat", "--api", "pread", "--depth", "4"),
    "Cannot use --api pread with --depth 4",
  );
  assertStringIncludes(
    await refused("heat", "--api", "sync"),
    'Cannot find API "sync", expected one of: pread, aio, io_uring',
  );
});
