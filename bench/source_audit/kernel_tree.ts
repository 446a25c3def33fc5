/**
 * A kernel tree on disk: whether it is one, of which version, and its files of
 * C, each once. As in `grep -r`, symbolic links are not followed, so a link to
 * a directory above is no loop and no file counts twice.
 */
import { dirname, join } from "@std/path";
import { readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";

export interface KernelTree {
  readonly path: string;
  /** The kernel's own directory, which is that or one above it. */
  readonly root: string;
  /** Path from the root to the directory; empty for the root itself. */
  readonly below: string;
  /** Version in its Makefile, such as `6.1.192`. */
  readonly version: string;
}

export interface NotRead {
  /** Path from the kernel's root. */
  readonly file: string;
  readonly reason: string;
}

export interface TreeFile {
  readonly path: string;
  /** Its path from the kernel's root. */
  readonly file: string;
}

/** The kernel's Makefile begins with its version. */
const LONGEST_MAKEFILE_BYTES = 4 << 20;

/** Files of C, and of what the C preprocessor reads. */
const C_FILE = /\.(?:c|h)$/;
/** Files that may hold the identifiers, but are not C. */
const OTHER_FILE = /\.(?:S|rs|inc|cc|cpp|hpp|y|l|lds|tmpl|in)$/;

/**
 * @param path Its directory, or one inside of it.
 * @throws {Deno.errors.NotFound} If there is no such directory.
 * @throws {RangeError} If it is not in a kernel tree.
 */
export async function openKernelTree(path: string): Promise<KernelTree> {
  const fail = (found: string) =>
    `Cannot audit "${path}": ${found}, expected a directory of a kernel tree`;
  let real: string;
  try {
    const found = await Deno.stat(path);
    if (!found.isDirectory) throw new RangeError(fail("it is a file"));
    real = await Deno.realPath(path);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new Deno.errors.NotFound(fail(systemReason(error)));
  }
  for (let root = real;; root = dirname(root)) {
    const version = await kernelVersion(root);
    if (version !== undefined) {
      const below = real.slice(root.length).replace(/^[/\\]/, "");
      return { path: real, root, below, version };
    }
    if (dirname(root) === root) break;
  }
  throw new RangeError(
    fail("no Makefile with VERSION and PATCHLEVEL, and no Kconfig beside it"),
  );
}

/** The version that a directory's Makefile has, if it is a kernel's. */
async function kernelVersion(root: string): Promise<string | undefined> {
  try {
    const kconfig = await Deno.stat(join(root, "Kconfig"));
    if (!kconfig.isFile) return undefined;
    const text = await readText(
      join(root, "Makefile"),
      LONGEST_MAKEFILE_BYTES,
    );
    const value = (name: string) =>
      new RegExp(`^${name}[ \\t]*=[ \\t]*(\\S*)`, "m").exec(text)?.[1];
    const version = value("VERSION");
    const patchlevel = value("PATCHLEVEL");
    if (!version || !patchlevel) return undefined;
    const sublevel = value("SUBLEVEL");
    return `${version}.${patchlevel}${sublevel ? `.${sublevel}` : ""}${
      value("EXTRAVERSION") ?? ""
    }`;
  } catch {
    return undefined;
  }
}

/** What a walk passes over. */
export interface WalkEvents {
  readonly notRead: (what: NotRead) => void;
  /** A symbolic link was not followed. */
  readonly link: () => void;
}

/**
 * Walks over the files of a tree that may hold C, in the order of their names.
 *
 * @returns The files; `isC` says whether a file is parsed as C.
 */
export async function* treeFiles(
  tree: KernelTree,
  events: WalkEvents,
): AsyncGenerator<TreeFile & { readonly isC: boolean }> {
  const folders = [tree.below];
  for (;;) {
    const folder = folders.pop();
    if (folder === undefined) return;
    const entries: Deno.DirEntry[] = [];
    try {
      for await (const entry of Deno.readDir(join(tree.root, folder))) {
        entries.push(entry);
      }
    } catch (error) {
      events.notRead({ file: folder || ".", reason: systemReason(error) });
      continue;
    }
    entries.sort((a, b) => a.name < b.name ? -1 : 1);
    const below: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      const file = folder === "" ? name : `${folder}/${name}`;
      const isC = C_FILE.test(name);
      if (entry.isSymlink) events.link();
      else if (entry.isDirectory) {
        if (name !== ".git") below.push(file);
      } else if (!isC && !OTHER_FILE.test(name)) continue;
      else if (!entry.isFile) {
        events.notRead({ file, reason: "it is not a regular file" });
      } else yield { file, path: join(tree.root, file), isC };
    }
    folders.push(...below.reverse());
  }
}
