import { assertEquals, assertRejects } from "@std/assert";
import {
  auditTree,
  LONGEST_SOURCE_BYTES,
  type TreeAudit,
} from "../../../bench/source_audit/audit_tree.ts";
import { openKernelTree } from "../../../bench/source_audit/kernel_tree.ts";
import { inFolder } from "../lab_in_process.ts";

const USE = "void f(struct bio_vec *v) { put_page(v->bv_page); }\n";

/** Makes a kernel's directory with these files. */
async function kernel(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const root = `${folder}/linux`;
  const all = {
    "Makefile": "# kernel\nVERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL =\n" +
      "EXTRAVERSION = -rc3\n",
    "Kconfig": "mainmenu\n",
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    const path = `${root}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
  return root;
}

function places({ uses }: TreeAudit): string[] {
  return uses.map(({ file, line, kind }) => `${file}:${line} ${kind}`);
}

Deno.test("auditTree() reads each file of C once, in order", async () => {
  await inFolder(async (folder) => {
    const root = await kernel(folder, {
      "mm/b.c": USE,
      "drivers/block/z.h": `\n${USE}`,
      "drivers/block.c": USE,
      "drivers/block/a.c": "int none;\n",
      "drivers/block/notes.txt": USE,
      ".git/x.c": USE,
    });
    // Two loops and two second names of a file.
    await Deno.symlink("..", `${root}/drivers/up`);
    await Deno.symlink(root, `${root}/mm/root`);
    await Deno.symlink("b.c", `${root}/mm/again.c`);
    await Deno.symlink("nowhere", `${root}/mm/dangling.c`);
    const tree = await openKernelTree(root);
    assertEquals(tree.version, "6.1-rc3");
    const audit = await auditTree(tree);
    assertEquals(places(audit), [
      "drivers/block.c:1 reference",
      "drivers/block/z.h:2 reference",
      "mm/b.c:1 reference",
    ]);
    const { filesRead, filesWithUses, links, notRead, interrupted } = audit;
    assertEquals(
      { filesRead, filesWithUses, links, notRead, interrupted },
      {
        filesRead: 4,
        filesWithUses: 3,
        links: 4,
        notRead: [],
        interrupted: false,
      },
    );
  });
});

Deno.test("auditTree() tells what it does not read, and reads the rest", async () => {
  await inFolder(async (folder) => {
    const root = await kernel(folder, {
      "a.c": USE,
      "binary.c": new TextEncoder().encode(`\0\x01 bv_page`),
      "binary.h": new Uint8Array(3000),
      "entry.S": "/* bv_page */\n",
      "fast.S": "  bl kmap\n",
      "page.rs": "bindings::kmap_local_page(p); bv_page\n",
      "latin1.c": Uint8Array.from([
        ...new TextEncoder().encode("/* J"),
        0xf6,
        ...new TextEncoder().encode(`rg */ ${USE}`),
      ]),
      "refused.c": USE,
      "empty.c": "",
    });
    const huge = await Deno.open(`${root}/huge.h`, {
      write: true,
      create: true,
    });
    await huge.truncate(3 * 2 ** 30); // sparse: it takes no room
    huge.close();
    await Deno.mkdir(`${root}/folder.c`);
    const audit = await auditTree(await openKernelTree(root), {
      readFile: (path) =>
        path.endsWith("refused.c")
          ? Promise.reject(new Deno.errors.PermissionDenied("denied"))
          : Deno.readFile(path),
    });
    assertEquals(places(audit), ["a.c:1 reference", "latin1.c:1 reference"]);
    assertEquals(audit.notRead, [
      { file: "binary.c", reason: "it is binary" },
      { file: "fast.S", reason: "it is not C, and names 1 of them" },
      {
        file: "huge.h",
        reason: `it has 3221225472 bytes, more than ${LONGEST_SOURCE_BYTES}`,
      },
      { file: "page.rs", reason: "it is not C, and names 2 of them" },
      { file: "refused.c", reason: "permission denied" },
    ]);
  });
});

Deno.test("auditTree() takes a directory inside of a tree", async () => {
  await inFolder(async (folder) => {
    const root = await kernel(folder, { "a.c": USE, "mm/deep/b.c": USE });
    await Deno.symlink(`${root}/mm`, `${folder}/link`);
    for (const path of [`${root}/mm`, `${root}/mm/`, `${folder}/link`]) {
      const tree = await openKernelTree(path);
      assertEquals(tree.below, "mm");
      assertEquals(places(await auditTree(tree)), [
        "mm/deep/b.c:1 reference",
      ]);
    }
  });
});

Deno.test("auditTree() keeps what it has found when it is ended", async () => {
  await inFolder(async (folder) => {
    const root = await kernel(folder, { "a.c": USE, "b.c": USE, "c.c": USE });
    const abort = new AbortController();
    const audit = await auditTree(await openKernelTree(root), {
      signal: abort.signal,
      onFile: (file) => {
        if (file === "b.c") abort.abort();
      },
    });
    assertEquals(audit.interrupted, true);
    assertEquals(places(audit), ["a.c:1 reference", "b.c:1 reference"]);
  });
});

Deno.test("openKernelTree() refuses what is no kernel tree", async () => {
  await inFolder(async (folder) => {
    const refused = async (name: string, found: string) =>
      assertEquals(
        (await assertRejects(() =>
          openKernelTree(`${folder}/${name}`)
        ) as Error)
          .message,
        `Cannot audit "${folder}/${name}": ${found}, expected a directory of a ` +
          "kernel tree",
      );
    const none = "no Makefile with VERSION and PATCHLEVEL, and no Kconfig " +
      "beside it";
    await refused("none", "no such file");
    await Deno.mkdir(`${folder}/other`);
    await Deno.writeTextFile(`${folder}/other/Makefile`, "all:\n\ttrue\n");
    await refused("other", none);
    await refused("other/Makefile", "it is a file");
    await refused("other/Makefile/x", "a part of the path is not a directory");
    await Deno.writeTextFile(`${folder}/other/Kconfig`, "");
    await refused("other", none);
    await Deno.mkdir(`${folder}/late/Kconfig`, { recursive: true });
    await Deno.writeTextFile(
      `${folder}/late/Makefile`,
      "VERSION = 1\nPATCHLEVEL = 2\n",
    );
    await refused("late", none);
    await Deno.symlink("loop", `${folder}/loop`);
    await assertRejects(
      () => openKernelTree(`${folder}/loop`),
      Error,
      `Cannot audit "${folder}/loop": `,
    );
  });
});
