import { assertEquals } from "@std/assert";
import { formatSize } from "../../../sim/text/size_text.ts";

Deno.test("formatSize() writes 1024 bytes as 1 KiB", () => {
  assertEquals(formatSize(512), "512 B");
  assertEquals(formatSize(1024), "1 KiB");
  assertEquals(formatSize(16 * 1024 ** 2), "16 MiB");
});
