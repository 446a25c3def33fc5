/**
 * Which commit a checkout is at, read from its files: running git would need a
 * permission that a measurement should not have.
 */
import type { ReadText } from "./read_if_possible.ts";

/**
 * Reads the commit of a checkout.
 *
 * @param root Folder that holds `.git`, ending in `/`.
 * @returns The commit in hexadecimal, or `null` if there is none to be read.
 */
export async function gitCommit(
  root: URL,
  readText: ReadText,
): Promise<string | null> {
  if (root.protocol !== "file:") return null;
  const folder = await gitFolder(root, readText);
  const head = (await readText(new URL("HEAD", folder)))?.trim();
  if (head === undefined) return null;
  const name = /^ref: (\S+)$/.exec(head)?.[1];
  if (name === undefined) return hexOrNull(head);
  const shared = (await readText(new URL("commondir", folder)))?.trim();
  const common = shared === undefined ? folder : new URL(`${shared}/`, folder);
  const loose = (await readText(new URL(name, common)))?.trim();
  if (loose !== undefined) return hexOrNull(loose);
  const packed = await readText(new URL("packed-refs", common)) ?? "";
  const line = packed.split("\n").find((line) => line.endsWith(` ${name}`));
  return hexOrNull(line?.split(" ")[0] ?? "");
}

/** `.git`, or the folder that it names in a worktree. */
export async function gitFolder(root: URL, readText: ReadText): Promise<URL> {
  const link = await readText(new URL(".git", root)) ?? "";
  const named = /^gitdir: (.+)$/m.exec(link)?.[1];
  return new URL(named === undefined ? ".git/" : `${named}/`, root);
}

function hexOrNull(text: string): string | null {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text) ? text : null;
}
