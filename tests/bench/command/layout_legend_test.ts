import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  formatLegend,
  legendRows,
} from "../../../bench/command/layout_legend.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import { lab } from "../lab_in_process.ts";

Deno.test("legendRows() names author, date and mail of every layout", () => {
  for (const row of legendRows(layouts)) {
    assert(row.author !== "" && row.subject !== "" && row.title !== "");
    assertMatch(row.date, /^(19|20)\d\d-[01]\d(-[0-3]\d)?$/, row.name);
    if (row.author === "mainline") {
      assertEquals(row.messageId, undefined, row.name);
      assertMatch(row.subject, /^include\/linux\/\w+\.h/, row.name);
      continue;
    }
    assertMatch(
      row.messageId ?? "",
      /^[\w.+=-]+@[\w.-]+\.[a-z]+$/,
      row.name,
    );
    assertEquals(row.url, `https://lore.kernel.org/r/${row.messageId}`);
  }
});

Deno.test("formatLegend() fits 80 columns, with the Message-ID of a long address", async () => {
  const [own] = (await layoutFromC(
    "struct seg { phys_addr_t paddr; u32 len; };",
    { file: "mail.txt" },
  )).variants;
  assert(own !== undefined);
  const text = formatLegend([
    findLayout("page_offset"),
    findLayout("phys_flags"),
    findLayout("pfn_t"),
    own,
  ]);
  assertEquals(
    text.split("\n").slice(2, 8),
    [
      "layout                  date        proposed by, and the mail or its thread",
      "page_offset             2001-12     mainline, include/linux/bvec.h",
      "phys_flags              2019-06-26  Christoph Hellwig",
      "  https://lore.kernel.org/r/20190626065708.GB24531@lst.de",
      "pfn_t                   2015-03-16  Dan Williams",
      "  Message-ID 20150316201640.33102.33761.stgit@dwillia2-desk3.amr.corp." +
      "intel.com",
    ],
  );
  assertMatch(text.split("\n")[8] ?? "", /^seg +- +.*mail\.txt/);
  const long = formatLegend(layouts).split("\n").filter((line) =>
    line.length > 80
  );
  assertEquals(long, []);
});

Deno.test("lab layouts shows the legend as text and in JSON, of what is chosen", async () => {
  const words = ["layouts", "--layout", "phys_flags,len56_p2p", "--abi"];
  const { out } = await lab([...words, "ilp32"]);
  assertMatch(out, /^phys_flags +2019-06-26 +Christoph Hellwig$/m);
  const { legend } = JSON.parse(
    (await lab([...words, "ilp32", "--json", "-"])).out,
  );
  // The second has no row with its origin there: it is not on that ABI.
  assertEquals(legend[1], {
    name: "len56_p2p",
    family: "len56_p2p",
    title: "{phys, size_t len:56, p2p:1, spare:7}",
    author: "David Howells",
    date: "2025-06-23",
    subject: "How to handle P2P DMA with only {physaddr,len} in bio_vec?",
    url: "https://lore.kernel.org/r/1098395.1750675858@warthog.procyon.org.uk",
    messageId: "1098395.1750675858@warthog.procyon.org.uk",
  });
});
