import { assertEquals, assertStringIncludes } from "@std/assert";
import { mixedProposal } from "../../../bench/report/mixing.ts";
import { recognitions } from "../../../layouts/layout.ts";

Deno.test("mixedProposal() names one of the two proposals for each detection", () => {
  // Bios by kind where pages or the bio say what memory is (blockspec 3.5).
  const rules = recognitions.map((recognition) => {
    const phrase = mixedProposal(recognition);
    assertStringIncludes(
      phrase,
      "Linux 7.2 ends the I/O where the kind changes",
    );
    return [recognition, /"([^"]+)"/.exec(phrase)?.[1]];
  });
  const eachKind = "a bio for each kind";
  const oneBio = "one bio by segment";
  assertEquals(Object.fromEntries(rules), {
    page: eachKind,
    segment: oneBio,
    bio: eachKind,
    range: oneBio,
    map_first: oneBio,
  });
});
