import { assert, assertEquals } from "@std/assert";
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import { parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { runJobs } from "../../../sim/workload/io_job.ts";

/** I/Os of a job file, as "read 4096"; a flush is "sync". */
function ios(text: string, seed = 1): string[] {
  const { jobs } = parseFioJobs("x", `[j]\n${text}\n`);
  const rows = new BatchBuilder();
  const found: string[] = [];
  for (const batch of runJobs(jobs, { seed, rows })) {
    for (let i = 0; i < batch.count; i++) {
      const op = ["read", "write", "sync", "trim"][batch.op[i] ?? 0] ?? "";
      found.push(op === "sync" ? op : `${op} ${batch.offsetBytes[i]}`);
    }
  }
  return found;
}

Deno.test("a job repeats its random I/Os each time, unless told otherwise", () => {
  // fio 3.33: randrepeat=1 seeds again for each loop; randseed ends that.
  const halves = (text: string) => {
    const all = ios(`rw=randread\nsize=256k\nloops=2\n${text}`);
    assertEquals(all.length, 128);
    assertEquals(all.slice(0, 64).toSorted(), all.slice(64).toSorted());
    return all.slice(0, 64).join() === all.slice(64).join();
  };
  assertEquals(halves(""), true);
  assertEquals(halves("randrepeat=0"), false);
  assertEquals(halves("randseed=7"), false);
});

Deno.test("randtrimwrite writes what it trimmed, the same block twice running", () => {
  // Of two blocks, every other trim hits the one before.
  const all = ios("rw=randtrimwrite\nsize=8k\nnorandommap\nio_size=400k");
  assertEquals(all.length, 200);
  for (let i = 0; i < all.length; i += 2) {
    assertEquals(all[i + 1], all[i]?.replace("trim", "write"));
  }
});

Deno.test("random starts leave room for the smallest I/O behind them", () => {
  // 8 KiB at multiples of 4 KiB in 16 KiB: at 0, 4096 or 8192.
  const seen = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const all = ios("rw=randread\nbs=8k\nba=4k\nsize=16k", seed);
    assertEquals(all.length, 2); // none that does not fit ends the job
    for (const io of all) seen.add(io);
  }
  assertEquals([...seen].sort(), ["read 0", "read 4096", "read 8192"]);
});

Deno.test("a mixed job reads back after writes, not after its reads", () => {
  // Reads are of 4 KiB and writes of 8, so that 8 KiB are read back.
  const { jobs } = parseFioJobs(
    "x",
    "[j]\nrw=rw\nbs=4k,8k\nsize=4m\nverify=crc32c\nverify_backlog=2\n",
  );
  const rows = new BatchBuilder();
  let kinds = "";
  for (const batch of runJobs(jobs, { seed: 1, rows })) {
    for (let i = 0; i < batch.count; i++) {
      if (batch.op[i] === 1) kinds += "w";
      else kinds += batch.lengthBytes[i] === 8192 ? "b" : "r";
    }
  }
  assert(/wrw/.test(kinds) && /wwbb/.test(kinds), kinds.slice(0, 200));
  // check_get_verify(): two at a time, as soon as there are two, but the last.
  assertEquals(/rb|wbw|wbr|bbb/.test(kinds.replace(/b*$/, "")), false);
});

Deno.test("a choice among files of which none holds an I/O ends", () => {
  // Each file is 4 KiB; fio 3.33 tries them for ever.
  const text = "rw=randread\nbs=8k,4k\nsize=8k\nnrfiles=2\n";
  assertEquals(ios(`${text}file_service_type=zipf:1.2`), []);
  assertEquals(ios(text), []);
});

Deno.test("the first files of a job get what a division leaves", () => {
  // fio 3.33: 614,950 bytes in 600 files are 3 reads of 512 in the first, and
  // 2 in each of the others.
  const all = ios(
    "ioengine=null\nbs=512\nsize=614950\nnrfiles=600\n" +
      "file_service_type=sequential",
  );
  assertEquals(all.length, 1201);
  assertEquals(all.slice(0, 3), ["read 0", "read 512", "read 1024"]);
});

Deno.test("jobs say how they are submitted and read back", () => {
  const job = (text: string) =>
    parseFioJobs("x", `[j]\nsize=1m\n${text}\n`).jobs[0];
  assertEquals(job("iodepth=8\niodepth_batch=0")?.batch, 8);
  assertEquals(job("iodepth=8\niodepth_batch=3")?.batch, 3);
  assertEquals(job("iodepth=8\niodepth_batch=20")?.batch, 8);
  const order = (text: string) => job(`verify=md5\n${text}`)?.readBack?.order;
  assertEquals(order("rw=randwrite"), "written");
  assertEquals(order("rw=write"), "offset");
  assertEquals(order("rw=randwrite\nnorandommap"), "offset");
  assertEquals(order("rw=randwrite\nrandom_distribution=zipf"), "offset");
  assertEquals(
    order("rw=randwrite\nnorandommap\nexperimental_verify=1"),
    "written",
  );
  assertEquals(job("verify=md5\ndo_verify=0")?.readBack, null);
});

Deno.test("verify_only does the reads without the writes", () => {
  assertEquals(ios("rw=write\nsize=12k\nverify=crc32c\nverify_only"), [
    "read 0",
    "read 4096",
    "read 8192",
  ]);
});
