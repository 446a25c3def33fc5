/** A layout of C text is used as any other one, and is C again. */
import { assert, assertEquals } from "@std/assert";
import { abis } from "../../../layouts/abi.ts";
import { cStructWithAssertions, cTypedefs } from "../../../layouts/c_source.ts";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import { createCodec } from "../../../layouts/codec.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layoutOfData } from "../../../layouts/layout_data.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { decodeSegment, encodeSegment } from "../../../layouts/segment.ts";
import { notRun, run } from "../run_tool.ts";
import { CASES } from "./role_cases.ts";

Deno.test("a layout of C text takes part as any other, on every ABI", async () => {
  for (const [text, , options] of CASES) {
    const layout = await layoutFromC(text, options);
    // A worker gets it as plain data.
    const other = layoutOfData(structuredClone(layout.data));
    for (const abi of abis) {
      const struct = layout.struct(abi);
      if (isUnsupported(struct)) {
        assertEquals(other.struct(abi), struct);
        continue;
      }
      assert(cStructWithAssertions(struct, abi).includes(`sizeof(struct`));
      const view = new DataView(new ArrayBuffer(1024));
      const codec = createCodec(other, abi, view);
      const limits = layoutLimits(layout, abi);
      assert("lastAddress" in limits);
      const place = { base: 0, capacity: 4, index: 2 };
      const flag = layout.roles.flag !== undefined;
      const segment = {
        address: limits.lastAddress & ~4095n,
        lengthBytes: 4096n,
        p2p: flag,
      };
      encodeSegment(codec, place, segment);
      assertEquals(decodeSegment(codec, place), segment, `${text} ${abi.name}`);
      codec.set(0, 4, 1, 0x3000, 0, 8192, flag ? 1 : 0);
      assertEquals(codec.physLo(0, 4, 1), 0x3000);
      assertEquals(codec.length(0, 4, 1), 8192);
    }
  }
});

Deno.test("a layout of C text is C again, which clang confirms", async () => {
  const texts = [
    ...CASES,
    [
      "typedef foo_t *foo_p; typedef struct opaque opaque_t;\n" +
      "enum small { A } __packed; enum wide { B = 1ull << 40 };\n" +
      "struct s { foo_p p; const opaque_t *q; enum small a; enum wide b; " +
      "work_func_t f; const struct x *const *y; aligned_u64 z; " +
      "struct work_struct w; phys_addr_t paddr; u32 len[1], size; };",
      "",
    ],
  ] as const;
  const folder = await Deno.makeTempDir();
  try {
    const read = [];
    for (const [text, , options] of texts) {
      read.push(await layoutFromC(text, options));
    }
    for (const abi of abis) {
      // Each in a function, so that names of one are none of another's.
      const parts = read.map((layout, index) => {
        const struct = layout.struct(abi);
        if (isUnsupported(struct)) return "";
        return `void f${index}(void)\n{\n${
          cStructWithAssertions(struct, abi)
        }}\n`;
      });
      const file = `${folder}/${abi.name}.c`;
      await Deno.writeTextFile(file, cTypedefs(abi) + parts.join(""));
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", file];
      const result = await run("clang", args);
      if (result === undefined) return notRun("clang");
      assertEquals([result.success, result.err], [true, ""], abi.name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
