import { assertEquals } from "@std/assert";
import { linkAt, TEXT_PLACES } from "../../../bench/native/link_at.ts";
import { inFolder } from "../lab_in_process.ts";

const SOURCES = {
  files: new Map([[
    "answer.c",
    '__attribute__((visibility("default"))) int answer(void) { return 42; }\n',
  ]]),
  main: "answer.c",
};

Deno.test("linkAt() moves the code to another place of its page, and compiles once", async () => {
  await inFolder(async (cacheDir) => {
    const places = new Set<bigint>();
    for (let place = 1; place < TEXT_PLACES; place++) {
      const { path, flags } = await linkAt(place, SOURCES, { cacheDir });
      assertEquals(flags.includes("-O2"), true);
      const library = Deno.dlopen(path, {
        answer: { parameters: [], result: "i32" },
        address: { name: "answer", type: "pointer" },
      });
      assertEquals(library.symbols.answer(), 42);
      places.add(Deno.UnsafePointer.value(library.symbols.address) % 4096n);
      library.close();
    }
    assertEquals(places.size, TEXT_PLACES - 1);
    for (const at of places) assertEquals(at % 16n, 0n);
    const names = await Array.fromAsync(Deno.readDir(cacheDir));
    const ending = (end: string) =>
      names.filter(({ name }) => name.endsWith(end)).length;
    assertEquals([ending(".o"), ending(".so")], [1, TEXT_PLACES - 1]);
    const again = await linkAt(1, SOURCES, { cacheDir });
    assertEquals(again.wasCached, true);
  });
});
