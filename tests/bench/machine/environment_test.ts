import { assertEquals } from "@std/assert";
import {
  captureEnvironment,
  type Environment,
  environmentWarnings,
} from "../../../bench/machine/environment.ts";
import { gitCommit } from "../../../bench/machine/git_commit.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function files(table: Record<string, string>) {
  return (path: string | URL) =>
    Promise.resolve(table[path instanceof URL ? path.pathname : path] ?? null);
}

Deno.test("captureEnvironment() gives null for what cannot be read", async () => {
  const environment = await captureEnvironment(files({}));

  assertEquals([environment.caches, environment.commit], [null, null]);
  assertEquals(environment.deno, Deno.version.deno);
  assertEquals(JSON.stringify(environment).includes("undefined"), false);
});

Deno.test("captureEnvironment() reads caches as sysfs lists them", async () => {
  const folder = "/sys/devices/system/cpu/cpu0/cache/index0/";
  const { caches } = await captureEnvironment(files({
    [`${folder}level`]: "1\n",
    [`${folder}type`]: "Data\n",
    [`${folder}size`]: "32K\n",
    [`${folder}coherency_line_size`]: "64\n",
  }));

  assertEquals(caches, [{
    level: 1,
    type: "Data",
    sizeBytes: 32768,
    lineBytes: 64,
    ways: null,
  }]);
});

Deno.test("environmentWarnings() names a load above half of the CPUs", async () => {
  const quiet = await captureEnvironment(files({}));
  const codes = (change: Partial<Environment>) =>
    environmentWarnings({ ...quiet, ...change }).map(({ code }) => code);

  assertEquals(codes({ loadAverage: [1.9, 9, 9], cpuCount: 4 }), []);
  assertEquals(codes({ loadAverage: [2.1, 0, 0], cpuCount: 4 }), [
    "busy-machine",
  ]);
  assertEquals(codes({ loadAverage: null }), ["load-unknown"]);
});

Deno.test("gitCommit() follows branch, packed and detached heads", async () => {
  const root = new URL("file:///lab/");
  const head = { "/lab/.git/HEAD": "ref: refs/heads/main\n" };
  const loose = { ...head, "/lab/.git/refs/heads/main": `${COMMIT}\n` };
  const packed = {
    ...head,
    "/lab/.git/packed-refs":
      `# pack-refs with: peeled\n${COMMIT} refs/heads/main\n`,
  };

  assertEquals(await gitCommit(root, files(loose)), COMMIT);
  assertEquals(await gitCommit(root, files(packed)), COMMIT);
  assertEquals(
    await gitCommit(root, files({ "/lab/.git/HEAD": COMMIT })),
    COMMIT,
  );
});

Deno.test("gitCommit() follows the link of a worktree", async () => {
  const worktree = files({
    "/lab/.git": "gitdir: /repo/.git/worktrees/lab\n",
    "/repo/.git/worktrees/lab/HEAD": "ref: refs/heads/topic\n",
    "/repo/.git/worktrees/lab/commondir": "../..\n",
    "/repo/.git/refs/heads/topic": `${COMMIT}\n`,
  });

  assertEquals(await gitCommit(new URL("file:///lab/"), worktree), COMMIT);
});

Deno.test("gitCommit() is null outside a checkout and for nonsense", async () => {
  const root = new URL("file:///lab/");

  assertEquals(await gitCommit(root, files({})), null);
  assertEquals(
    await gitCommit(root, files({ "/lab/.git/HEAD": "what" })),
    null,
  );
  assertEquals(await gitCommit(new URL("https://jsr.io/"), files({})), null);
});
