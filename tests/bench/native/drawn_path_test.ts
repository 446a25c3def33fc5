/** The path in C beside the DataView path, on machines drawn at random. */
import { assertEquals } from "@std/assert";
import { runEngines } from "./compare_engines.ts";
import { randomBuild, randomPath } from "./random_path.ts";

/** Builds that are drawn, and paths with each of them. */
const [BUILDS, PATHS] = [6, 8];
/** The same draws on each run; another seed looks for what these do not see. */
const SEED = 20261129;

Deno.test("NativePath makes each access of the DataView path, drawn at random", async () => {
  for (let build = 0; build < BUILDS; build++) {
    const drawn = randomBuild(SEED + build);
    for (let path = 0; path < PATHS; path++) {
      const { options, windows } = randomPath(drawn, SEED + path);
      const { difference } = await runEngines(options, windows);
      assertEquals(
        difference,
        undefined,
        `randomPath(randomBuild(${SEED + build}), ${SEED + path}), ` +
          difference,
      );
    }
  }
});

Deno.test("NativePath sleeps for a bio while all are plugged as the DataView path", async () => {
  // Drawn so: nothing is in flight, and all bios wait in the plug.
  const { options, windows } = randomPath(randomBuild(799617281), 799617285);
  const { difference } = await runEngines(options, windows);
  assertEquals(difference, undefined);
});

Deno.test("NativePath waits for each I/O, drawn at random", async () => {
  for (const build of [1, 2, 3]) {
    const drawn = randomBuild(SEED + build);
    for (const path of [1, 2]) {
      const { options, windows } = randomPath(
        { ...drawn, submitter: "user" },
        SEED + path,
      );
      const { difference } = await runEngines({
        ...options,
        ...{ api: "pread", depth: 1, batch: 1 },
      }, windows);
      assertEquals(difference, undefined, `${build}, ${path}: ${difference}`);
    }
  }
});

Deno.test("NativePath adds a kernel user's pages, drawn at random", async () => {
  for (let build = 0; build < BUILDS; build++) {
    const drawn = randomBuild(SEED + build);
    for (let path = 0; path < PATHS; path++) {
      const { options, windows } = randomPath(
        { ...drawn, submitter: "kernel" },
        SEED + path,
      );
      const { difference } = await runEngines(options, windows);
      assertEquals(difference, undefined, `${build}, ${path}: ${difference}`);
    }
  }
});
