import { assertEquals } from "@std/assert";
import { modifiedFiles } from "../../../bench/machine/git_modified.ts";

const ROOT = new URL("file:///checkout/");

/** `printf 'hello\n' | git hash-object --stdin`. */
const HELLO = "ce013625030ba8dba906f756967f9e9ca394464a";

/** An index of version 2 as git writes it; sizes and names alone count. */
function indexOf(
  files: readonly { path: string; sizeBytes: number; blob: string }[],
): Uint8Array {
  const bytes: number[] = [];
  const word = (value: number) =>
    bytes.push(
      value >>> 24,
      (value >>> 16) & 255,
      (value >>> 8) & 255,
      value & 255,
    );
  bytes.push(..."DIRC".split("").map((letter) => letter.charCodeAt(0)));
  word(2);
  word(files.length);
  for (const { path, sizeBytes, blob } of files) {
    const start = bytes.length;
    for (let i = 0; i < 9; i++) word(0); // times, device, inode, mode, owner
    word(sizeBytes);
    bytes.push(...(blob.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
    bytes.push(0, path.length);
    bytes.push(...new TextEncoder().encode(path), 0);
    while ((bytes.length - start) % 8 !== 0) bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

function checkout(files: Record<string, string | Uint8Array>) {
  return {
    readFile: (path: URL) => {
      const found = files[path.pathname.replace("/checkout/", "")];
      return Promise.resolve(
        typeof found === "string"
          ? new TextEncoder().encode(found)
          : found ?? null,
      );
    },
  };
}

const INDEX = indexOf([
  { path: "README.md", sizeBytes: 1, blob: HELLO },
  { path: "bench/a.ts", sizeBytes: 6, blob: HELLO },
  { path: "sim/long_name.ts", sizeBytes: 6, blob: HELLO },
]);

Deno.test("modifiedFiles() compares code by content", async () => {
  assertEquals(
    await modifiedFiles(
      ROOT,
      checkout({
        ".git/index": INDEX,
        "bench/a.ts": "hello\n",
        "sim/long_name.ts": "hello\n",
      }),
    ),
    [],
  );
  assertEquals(
    await modifiedFiles(
      ROOT,
      checkout({
        ".git/index": INDEX,
        "bench/a.ts": "hullo\n", // of the same size
      }),
    ),
    ["bench/a.ts", "sim/long_name.ts"],
  );
});

Deno.test("modifiedFiles() follows the link of a worktree", async () => {
  assertEquals(
    await modifiedFiles(
      ROOT,
      checkout({
        ".git": "gitdir: /checkout/real\n",
        "real/index": INDEX,
        "bench/a.ts": "hello\n",
        "sim/long_name.ts": "hello\n",
      }),
    ),
    [],
  );
});

Deno.test("modifiedFiles() is null without an index that it can read", async () => {
  assertEquals(await modifiedFiles(ROOT, checkout({})), null);
  for (
    const broken of [
      INDEX.subarray(0, 20),
      INDEX.subarray(0, 100),
      Uint8Array.from(INDEX, (byte, i) => i === 7 ? 4 : byte), // version 4
      new TextEncoder().encode("no index at all"),
    ]
  ) {
    assertEquals(
      await modifiedFiles(ROOT, checkout({ ".git/index": broken })),
      null,
    );
  }
});
