import { assertEquals } from "@std/assert";
import { differenceWords } from "../../../bench/result/key_words.ts";
import { differences } from "../../../bench/result/likeness.ts";

Deno.test("differenceWords() names options, not places in the code", () => {
  const before = {
    layouts: ["page_offset", "phyr", "rlist_8"],
    rounds: 12,
    limits: { maxSegments: 128 },
  };
  const after = {
    layouts: ["page_offset", "pfn_t"],
    rounds: 3,
    limits: { maxSegments: 127 },
  };
  const unlike = [
    { key: "environment.cpuCount", before: 8, after: 64 },
    { key: "cells[a, lp64].layouts[1]", before: "phyr", after: null },
    { key: "cells[b, lp64]", before: null, after: "present" },
    ...differences("config", before, after),
  ];
  assertEquals(differenceWords(unlike, { before, after }), [
    { what: "environment.cpuCount", before: "8", after: "64" },
    { what: "layouts of a, lp64", before: '"phyr"', after: "not given" },
    { what: "cell b, lp64", before: "absent", after: "present" },
    {
      what: "--layout",
      before: "page_offset,phyr,rlist_8",
      after: "page_offset,pfn_t",
    },
    { what: "--rounds", before: "12", after: "3" },
    { what: "--limit max_segments", before: "128", after: "127" },
  ]);
});

Deno.test("differenceWords() says what one result does not have", () => {
  const before = { kernel: "7.2", layouts: Array(9).fill("phyr") };
  const after = { kernel: "7.2", ios: 256, layouts: ["phyr"] };
  assertEquals(
    differenceWords(differences("config", before, after), { before, after }),
    [
      {
        what: "--layout",
        before: "phyr,phyr,phyr,phyr,phyr,phyr,... (9)",
        after: "phyr",
      },
      { what: "--ios", before: "not given", after: "256" },
    ],
  );
});

Deno.test("differenceWords() shortens a list only where that leaves some out", () => {
  const before = { layouts: Array(6).fill("phyr") };
  const after = { layouts: Array(7).fill("phyr") };
  const [found] = differenceWords(differences("config", before, after), {
    before,
    after,
  });
  const six = "phyr,phyr,phyr,phyr,phyr,phyr";
  assertEquals([found?.before, found?.after], [six, `${six},... (7)`]);
});
