import { assertEquals, assertThrows } from "@std/assert";
import { NativeBuild } from "../../../bench/contender/native_build.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

Deno.test("NativeBuild.time() gives the times of fixed work where a slice asks for them", async () => {
  const build = new NativeBuild();
  build.restart(1);
  try {
    await build.join(setupOf({ engine: { name: "native" } }), {
      ...{ window: readsOf(4), scatterSeed: 1 },
    });
    const slice = { path: 0, first: 0, ios: 20 };
    const { times } = build.time([
      { ...slice, parts: 2, isProbed: true },
      slice,
    ]);
    // One before the slice and one behind each of its parts.
    assertEquals(
      times.map(({ parts, probesNs }) => [parts.length, probesNs?.length]),
      [[2, 3], [1, undefined]],
    );
    assertThrows(
      () => build.time([{ ...slice, path: 1 }]),
      RangeError,
      "Cannot time path 1: 1 joined the build, expected one of them",
    );
  } finally {
    build.restart(1); // unloads the path
  }
});
