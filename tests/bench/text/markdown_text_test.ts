import { assertEquals } from "@std/assert";
import {
  markdownParagraph,
  markdownText,
} from "../../../bench/text/markdown_text.ts";

Deno.test("markdownText() escapes what is markup, links and mentions", () => {
  assertEquals(markdownText("<b>[x](y)"), "\\<b\\>\\[x\\](y)");
  assertEquals(markdownText("a|b*c_d`e"), "a\\|b\\*c\\_d\\`e");
  assertEquals(markdownText("&lt; $x$"), "\\&lt; \\$x\\$");
  assertEquals(
    markdownText("http://x www.y.z"),
    "http\\://x www\\.y.z",
  );
  assertEquals(
    markdownText("@user a@b CPU @ 2 GHz"),
    "@ user a@ b CPU @ 2 GHz",
  );
  assertEquals(markdownText("a\n\u202eb\u2028c\x1b"), "a  b c ");
});

Deno.test("markdownParagraph() begins neither list, rule nor heading", () => {
  assertEquals(markdownParagraph("- x"), "\\- x");
  assertEquals(markdownParagraph("    +x"), "\\+x");
  assertEquals(markdownParagraph("==="), "\\===");
  assertEquals(markdownParagraph("1. x"), "1\\. x");
  assertEquals(markdownParagraph("12) x"), "12\\) x");
  assertEquals(markdownParagraph("3 builds x 20"), "3 builds x 20");
  assertEquals(markdownParagraph("# x"), "\\# x");
});
