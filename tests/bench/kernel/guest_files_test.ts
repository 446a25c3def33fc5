import { assertEquals } from "@std/assert";
import { guestFacts, guestFiles } from "../../../bench/kernel/guest_files.ts";

function pages(...texts: string[]): Uint8Array {
  const bytes = new Uint8Array(texts.length * 4096);
  texts.forEach((text, index) =>
    bytes.set(new TextEncoder().encode(text), index * 4096)
  );
  return bytes;
}

Deno.test("guestFiles() takes files apart, page by page", () => {
  const long = "x".repeat(5000);
  const bytes = pages(
    ...["LABFILE facts 4\n", "pid 1"],
    ...["LABFILE empty 0\n"],
    ...["LABFILE kallsyms 5000\n", long.slice(0, 4096), long.slice(4096)],
  );
  const files = guestFiles(bytes);
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  assertEquals([...files.keys()], ["facts", "empty", "kallsyms"]);
  assertEquals([text("facts"), text("empty"), text("kallsyms")], [
    ...["pid ", "", long],
  ]);
});

Deno.test("guestFiles() leaves out what was cut short", () => {
  const bytes = pages("LABFILE facts 4\n", "pid 1", "LABFILE more 9999\n", "x");
  assertEquals([...guestFiles(bytes).keys()], ["facts"]);
  assertEquals(guestFiles(new Uint8Array(10)).size, 0);
});

Deno.test("guestFacts() reads disks, pages and what was left out", () => {
  const facts = guestFacts([
    "disk measure nvme0n1",
    "queue nvme0n1 max_segments 127",
    "release 6.1.0-50-amd64",
    "version #1 SMP Debian",
    "pages b 100 2",
    "pages b 200 1",
    "verified b",
    "skipped f no P2P memory",
    "fault WARNING: CPU: 0 PID: 1 at block/bio.c:1208",
    "fault WARNING: CPU: 0 PID: 1 at block/bio.c:1208",
  ].join("\n"));
  assertEquals(facts.disks.get("measure"), "nvme0n1");
  assertEquals(facts.queue, ["nvme0n1 max_segments 127"]);
  assertEquals(facts.version, "#1 SMP Debian");
  assertEquals([...facts.frames.get("b") ?? []], [100, 101, 200]);
  assertEquals(facts.skipped.get("f"), "no P2P memory");
  assertEquals(facts.verified.has("b"), true);
  assertEquals([...facts.faults], [
    "WARNING: CPU: 0 PID: 1 at block/bio.c:1208",
  ]);
});
