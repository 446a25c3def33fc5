import { assertEquals, assertThrows } from "@std/assert";
import { parsePaholeOffsets } from "../../../sim/kernel/pahole_offsets.ts";

Deno.test("parsePaholeOffsets() reads what stands inside a struct of a whole kernel's listing", () => {
  // The shapes of pahole 1.24 for amd64 6.1, each in fewest members.
  const text = `struct all {
	const struct {
		unsigned int       seq;                  /*     0     4 */

		/* size: 4, cachelines: 1, members: 1 */
		/* last cacheline: 4 bytes */
	};                                               /*     0     4 */
	enum {
		MOD_DIR    = 0,
		MOD_REG    = 4294967295,
	} mode;                                          /*     4     4 */
	struct {
		int                a;                    /*     0     4 */
	} * out;                                         /*     8     8 */
	struct {
		int                b;                    /*    16     4 */
	} many[2];                                       /*    16     8 */
	unsigned char              c:3;                  /*    24: 0  1 */
	unsigned char              :5;

	/* Force alignment to the next boundary: */
	unsigned char              :0;

	unsigned char              d:3;                  /*    25: 0  1 */

	/* size: 32, cachelines: 1, members: 6 */
};
`;
  const all = parsePaholeOffsets(text).get("all");
  const at = (offsetBytes: number, sizeBytes: number) => ({
    offsetBytes,
    sizeBytes,
  });
  assertEquals(all, {
    sizeBytes: 32,
    fields: {
      seq: at(0, 4),
      mode: at(4, 4),
      // What a pointer points to, or an element is, has no place in it.
      out: at(8, 8),
      many: at(16, 8),
      c: at(24, 1),
      d: at(25, 1),
    },
  });
});

Deno.test("parsePaholeOffsets() ends on text that is not pahole's", () => {
  const refused = (text: string, reason: string) => {
    const { message } = assertThrows(
      () => parsePaholeOffsets(text),
      SyntaxError,
      reason,
    );
    assertEquals(/[\p{C}]/u.test(message) || message.length > 300, false);
  };
  const struct = (tag: string, members: readonly string[]) =>
    `struct ${tag} {\n` +
    members.map((member) => `\t${member} /* 0 8 */\n`).join("") +
    "\t/* size: 8, cachelines: 1 */\n};\n";
  // A struct in itself, and 40 of two each: 2^40 members of one name.
  refused(struct("a", ["struct a x;"]), "nested more than 64 deep");
  refused(
    Array.from(
      { length: 40 },
      (_, i) => struct(`s${i}`, Array(2).fill(`struct s${i + 1} x;`)),
    ).join(""),
    "struct s0 has more than 100000 members",
  );
  refused(`struct a {\n\t${" ".repeat(100_000)}\n};\n`, "line 2");
  refused(`struct a {\n\tint \u001b[2J${"b".repeat(500)}\n};\n`, "line 2");
  refused(`struct a {\n\tint b; /* ${"9".repeat(400)} 4 */\n};\n`, "line 2");

  const many = Array.from({ length: 200_000 }, () => "int m;");
  const { fields } = parsePaholeOffsets(
    struct("a", ["int __proto__;", "int constructor;"]) +
      struct("b", many.slice(0, 100_000)),
  ).get("a") ?? { fields: {} };
  assertEquals(Object.keys(fields), ["__proto__", "constructor"]);
  refused(struct("b", many), "more than 100000 members");
});
