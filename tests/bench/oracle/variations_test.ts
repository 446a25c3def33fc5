// Rows of the recorded kinds with other sizes, offsets, vectors and flags:
// nobody recorded them, but what holds of every row must hold of them.
import { assert, assertEquals } from "@std/assert";
import type {
  OracleFile,
  OracleIo,
  OracleRow,
  OracleVector,
} from "../../../bench/oracle/oracle_row.ts";
import { pathReplay } from "../../../bench/oracle/path_replay.ts";
import type { ReplayCommand, Replayed } from "../../../bench/oracle/replay.ts";
import { listOracleFiles } from "../../../bench/oracle/rows.ts";
import { recordedQueue } from "../../../bench/oracle/run_limits.ts";
import type { QueueLimits } from "../../../sim/block/queue_limits.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";
import {
  type RandomStream,
  randomStream,
} from "../../../sim/random/random_stream.ts";
import { recordedFile, ROWS } from "../../recorded_rows.ts";

/** Devices of each file, and variations on each: a device takes a while. */
const DEVICES = 2;
const VARIED = 20;

function pick<T>(random: RandomStream, choices: readonly T[]): T {
  const found = choices[random.below(choices.length)];
  assert(found !== undefined);
  return found;
}

/** Vectors of any buffers that hold so many bytes, or fewer. */
function vary(
  random: RandomStream,
  file: OracleFile,
  bytes: number,
): OracleVector[] {
  const vectors: OracleVector[] = [];
  const most = 1 + random.below(6);
  let left = bytes;
  for (let i = 0; left > 0 && i < most; i++) {
    const [buffer, { pages }] = pick(random, [...file.buffers]);
    const whole = pages.length * 4096;
    const part = i === most - 1
      ? left
      : pick(random, [100, 512, 4096, 1 + random.below(65536), left]);
    const sizeBytes = Math.min(part, left, whole);
    const offsetBytes = Math.min(
      whole - sizeBytes,
      pick(random, [0, 4, 512, 4092, random.below(pages.length) * 4096]),
    );
    vectors.push({ buffer, offsetBytes, sizeBytes });
    left -= sizeBytes;
  }
  return vectors;
}

function variation(
  random: RandomStream,
  file: OracleFile,
  from: { row: OracleRow; block: number },
): OracleRow {
  const { row, block } = from;
  let next = random.below(1000) * block;
  const count = row.ios.length === 1 ? 1 : 1 + random.below(8);
  const ios = Array.from({ length: count }, (): OracleIo => {
    const longest = pick(random, [block, 4096, 131072, 4 << 20]);
    const bytes = block * (1 + random.below(Math.max(1, longest / block)));
    const vectors = vary(random, file, bytes);
    const sizeBytes = vectors.reduce((sum, one) => sum + one.sizeBytes, 0);
    const offsetBytes = pick(random, [next, random.below(100000) * block]);
    next = offsetBytes + sizeBytes;
    return {
      operation: pick(random, ["r", "w"]),
      offsetBytes,
      sizeBytes,
      returned: 0,
      vectors,
      flags: pick(random, [0, 0, 2, 8]),
      priority: 0,
    };
  });
  return { ...row, ios };
}

function checkRequests(
  replayed: Replayed,
  limits: QueueLimits,
): number {
  let bytes = 0;
  for (const [, sector, sectors, segments] of replayed.requests) {
    if (sectors === 0) continue; // a flush
    bytes += sectors * 512;
    assert(sectors <= limits.maxSectors, "max_sectors");
    assert(segments <= limits.maxSegments, "max_segments");
    assert(segments > 0, "segments");
    assertEquals(sectors * 512 % limits.logicalBlockBytes, 0);
    const chunk = limits.chunkSectors;
    if (chunk === 0) continue;
    const last = Math.floor((sector + sectors - 1) / chunk);
    assertEquals(last, Math.floor(sector / chunk), "chunk");
  }
  return bytes;
}

/** Bytes of a command; its descriptors must be for just as many. */
function checkCommand(command: ReplayCommand, block: number): number {
  const bytes = command.blocks * block;
  if (command.kind === "sgl") {
    const sum = command.descriptors.reduce(
      (all, [, length]) => all + length,
      0,
    );
    assertEquals(sum, bytes, "SGL");
    return bytes;
  }
  const [first, ...others] = command.pages;
  assert(first !== undefined);
  for (const page of others) assertEquals(page.offset % 4096, 0, "PRP");
  const inFirst = Math.min(bytes, 4096 - first.offset % 4096);
  assertEquals(others.length, Math.ceil((bytes - inFirst) / 4096), "PRPs");
  return bytes;
}

for (const path of await listOracleFiles(ROWS)) {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.jsonl.*/, "");
  Deno.test(`rows like those of ${name} keep to the limits, whole`, async () => {
    const file = await recordedFile(name);
    const random = randomStream(1, name);
    const replay = pathReplay(file);
    let exact = 0;
    const devices = Array.from(
      { length: DEVICES },
      () => pick(random, [...file.runs.keys()]),
    );
    for (let i = 0; i < DEVICES * VARIED; i++) {
      const device = devices[Math.floor(i / VARIED)];
      const rows = file.rows.filter((row) => row.run === device);
      if (rows.length === 0) continue;
      const row = pick(random, rows);
      const run = file.runs.get(row.run);
      assert(run !== undefined);
      const { limits, driver } = recordedQueue(run, pathProfile(file.kernel));
      const block = limits.logicalBlockBytes;
      const varied = variation(random, file, { row, block });
      const replayed = replay(varied, run, file.buffers);
      if ("notCovered" in replayed) continue;
      const bytes = checkRequests(replayed, limits);
      if (driver === "nvme") {
        const sum = replayed.commands.reduce(
          (all, command) => all + checkCommand(command, block),
          0,
        );
        assertEquals(sum, bytes);
      }
      const { returned } = replayed;
      assertEquals(returned.length, varied.ios.length);
      const isWhole = !replayed.pageCacheRest &&
        varied.ios.every(({ sizeBytes }, io) => returned[io] === sizeBytes);
      if (!isWhole) continue;
      exact++;
      const asked = varied.ios.reduce((all, io) => all + io.sizeBytes, 0);
      assertEquals(bytes, asked, JSON.stringify(varied.ios).slice(0, 400));
    }
    // Misaligned ones are refused, and null_blk takes no P2P memory.
    assert(exact > 0 || file.kind === "p2p", "none was whole");
  });
}
