import { assertEquals } from "@std/assert";
import { abis } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

const SIZE_BYTES = 16384;
const AT = 4096;
const OTHER_AT = 4200;

/**
 * Halves of 64-bit values that are no NaN: as doubles 0, the least and greatest
 * denormal, the least normal one, the greatest finite one, minus infinity, -0,
 * and what a path has: a sector, a physical address, a kernel pointer.
 */
const VALUES: readonly (readonly [lo: number, hi: number])[] = [
  [0, 0],
  [1, 0],
  [-1, 0x000fffff],
  [0, 0x00100000],
  [-1, 0x7fefffff],
  [0, 0xfff00000 | 0],
  [0, 0x80000000 | 0],
  [0x12345678, 0],
  [-4096, 0x000fffff],
  [0x00401000, 0xff110001 | 0],
];

/** Memory in which nothing is 0, and the bytes that a test looks at. */
function filled(abi: (typeof abis)[number]) {
  const memory = new KernelMemory({ abi, sizeBytes: SIZE_BYTES });
  const bytes = memory.bytes().subarray(AT, AT + 256);
  bytes.fill(0xa5);
  return { memory, bytes };
}

for (const abi of abis) {
  Deno.test(`8 bytes in one store are those of two halves: ${abi.name}`, () => {
    const one = filled(abi);
    const two = filled(abi);
    const differ = (words: string) => assertEquals(one.bytes, two.bytes, words);

    one.memory.clear64(AT + 8);
    two.memory.set64(AT + 8, 0, 0);
    differ("clear64()");
    one.memory.clearLong(AT + 24);
    two.memory.setLong(AT + 24, 0);
    differ("clearLong()");
    for (const offset of [0, AT, SIZE_BYTES - 8]) {
      one.memory.pointerStore(offset)(AT + 40);
      two.memory.setPointer(AT + 40, offset);
      differ(`pointerStore(${offset})`);
    }
    for (const value of [0, 1, 0x7fffffff]) {
      one.memory.longStore(value)(AT + 56);
      two.memory.setLong(AT + 56, value);
      differ(`longStore(${value})`);
    }
    for (const [lo, hi] of VALUES) {
      for (const { memory } of [one, two]) memory.set64(OTHER_AT, lo, hi);
      one.memory.copy64(AT + 80, OTHER_AT);
      two.memory.set64(AT + 80, lo, hi);
      differ(`copy64() of ${lo}, ${hi}`);
    }
  });
}

Deno.test("who watches sees 8 bytes of the same accesses", () => {
  for (const abi of abis) {
    const seen: string[] = [];
    const memory = new KernelMemory({
      abi,
      sizeBytes: SIZE_BYTES,
      wrap: (view) =>
        new Proxy(view, {
          get: (_view, name: keyof DataView & string) => {
            const access = view[name] as (...args: unknown[]) => unknown;
            return access && ((...args: unknown[]) => {
              seen.push(`${name} ${args[0]}`);
              return access.apply(view, args);
            });
          },
          getPrototypeOf: () => Object.prototype, // no DataView to `instanceof`
        }),
    });
    const accessesOf = (carryOut: () => void) => {
      seen.length = 0;
      carryOut();
      return seen.slice();
    };
    assertEquals(
      accessesOf(() => memory.clear64(AT)),
      accessesOf(() => memory.set64(AT, 0, 0)),
    );
    assertEquals(
      accessesOf(() => memory.pointerStore(AT)(AT)),
      accessesOf(() => memory.setPointer(AT, AT)),
    );
    // Low half first, both of one value (layouts/word.ts), and then the stores.
    assertEquals(
      accessesOf(() => memory.copy64(AT, AT + 8)),
      accessesOf(() =>
        memory.set64(AT, memory.get64Lo(AT + 8), memory.get64Hi(AT + 8))
      ),
    );
  }
});
