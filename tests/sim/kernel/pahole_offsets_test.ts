import { assertEquals } from "@std/assert";
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
