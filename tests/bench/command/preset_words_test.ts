import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import {
  memoryMapOf,
  PLAIN_MACHINE,
} from "../../../sim/setup/machine_setup.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import {
  workloadPoolBytes,
  workloadSubmitter,
} from "../../../sim/workload/workload_facts.ts";
import { WORKLOAD_PRESETS } from "../../../sim/workload/synthetic.ts";
import { inFolder, lab } from "../lab_in_process.ts";

async function cellsOf(args: readonly string[]) {
  const { status, out, err } = await lab([
    ...["run", "--layout", "page_offset", "--cpu", "none", "--ios", "64"],
    ...["--rounds", "0", "--json", "-", "--quiet", ...args],
  ]);
  assertEquals([status, err], [0, ""]);
  return resultSchema.parse(JSON.parse(out)).cells;
}

Deno.test("a preset of registered buffers registers them, and says so", async () => {
  const cells = await cellsOf(["--workload", "4k-hot,128k-scattered"]);
  assertEquals(cells.map(({ submitter }) => submitter), ["registered", "user"]);
  assert(cells[0]?.setting?.includes(", registered buffers, "));
  assert(cells[1]?.setting?.includes(", pinned user memory, "));
  const [asked] = await cellsOf([
    ...["--workload", "4k-hot", "--submitter", "registered"],
  ]);
  assertEquals(cells[0]?.layouts[0]?.counts, asked?.layouts[0]?.counts);
  const [pinned] = await cellsOf([
    ...["--workload", "4k-hot", "--submitter", "user"],
  ]);
  assertEquals(pinned?.submitter, "user");
  // Pinning writes to the struct page, which registered buffers had once: 2
  // accesses to its count, and 2 in the end; whether it is P2P memory is asked
  // when it is extracted and when it is mapped, each time of the zone of its
  // folio (2: compound_info and flags); dirtying locks (2), looks (1) and
  // unlocks (2), and 1 looks again in the end. A page that is read into for the
  // first time takes a store more.
  const pageAccesses = (cell: typeof asked) => {
    return cell?.layouts[0]?.footprint?.structures?.["page"]?.accessesPerIo;
  };
  assertEquals(
    [pinned, cells[0]].map((cell) => Math.floor(pageAccesses(cell) ?? 0)),
    [14, 2],
  );
});

Deno.test("no header says of a workload's buffers what its options made otherwise", async () => {
  for (const [name, { buffers, title }] of WORKLOAD_PRESETS) {
    assertEquals(/registered|user|pinned/.test(title + buffers), false, name);
    const memoryMap = memoryMapOf(PLAIN_MACHINE, {
      is64Bit: true,
      leastDramBytes: workloadPoolBytes(name),
      folioOrder: 0,
    });
    const own = await openWorkload(name, { seed: 1, memoryMap, ios: 1 });
    assertEquals(
      own.description,
      `${title}${buffers === "" ? "" : ` ${buffers}`}; buffers: ` +
        own.placementText,
    );
    const other = await openWorkload(name, {
      ...{ seed: 1, memoryMap, ios: 1, placement: "runs" },
    });
    assertEquals(
      other.description,
      `${title}; buffers: ${other.placementText}`,
    );
  }
  const [cell] = await cellsOf([
    ...["--workload", "128k-scattered", "--placement", "huge"],
  ]);
  assertEquals(
    cell?.description,
    `128 KiB random reads; buffers: ${cell?.placement}`,
  );
});

Deno.test("workloadSubmitter() registers no P2P memory, and nothing of a file", () => {
  assertEquals(workloadSubmitter("4k-1g-pool"), "registered");
  assertEquals(workloadSubmitter("4k-1g-pool", "huge"), "registered");
  assertEquals(workloadSubmitter("4k-1g-pool", "mixed"), "user");
  assertEquals(workloadSubmitter("4k-hot", { p2pIoShare: 0.1 }), "user");
  assertEquals(workloadSubmitter("a.iolog"), "user");
});

Deno.test("explain and heat take a preset's submitter, too", async () => {
  const submitterOf = async (args: readonly string[]) =>
    JSON.parse((await lab([...args, "--json", "-"])).out);
  const explained = await submitterOf([
    ...["explain", "--workload", "4k-hot", "--io", "0"],
  ]);
  assertEquals(explained.config.submitter, "registered");
  const heat = await lab([
    ...["heat", "--structure", "bio", "--workload", "4k-hot", "--ios", "8"],
  ]);
  assertStringIncludes(heat.out.replaceAll("\n", " "), "submitter registered");
  const pinned = await lab([
    ...["heat", "--structure", "bio", "--workload", "4k-hot", "--ios", "8"],
    ...["--submitter", "user"],
  ]);
  assertStringIncludes(pinned.out.replaceAll("\n", " "), "submitter user");
});

Deno.test("a blktrace of a preset has its submitter", async () => {
  await inFolder(async (folder) => {
    const sizes: number[] = [];
    for (const submitter of [[], ["--submitter", "registered"]]) {
      const prefix = `${folder}/t${sizes.length}`;
      await cellsOf([
        ...["--workload", "4k-hot", "--blktrace", prefix, ...submitter],
      ]);
      sizes.push((await Deno.stat(`${prefix}.blktrace.0`)).size);
    }
    assertEquals(sizes[0], sizes[1]);
  });
});
