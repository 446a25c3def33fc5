/**
 * A digest of the lab's own code: two runs with the same one computed the same,
 * whatever git knows of the files.
 */
import { createHash } from "node:crypto";
import { bytesIfPossible } from "./read_if_possible.ts";

/** Rooms and files that figures depend on; what a run writes there is none. */
const ROOMS = ["bench", "layouts", "sim"];
const FILES = ["deno.json", "deno.lock", "mod.ts"];
const CODE = /\.(ts|js|c|h)$|^sim\/.*\.json$|^bench\/data\/|^deno\./;

/**
 * Returns the digest of the code below a folder.
 *
 * @param root The folder of the project, ending in `/`.
 * @returns SHA-256 over paths and contents, in hexadecimal; `null` where the
 *   files are not on this machine or may not be read.
 */
export async function codeDigest(root: URL): Promise<string | null> {
  if (root.protocol !== "file:") return null;
  const { state } = await Deno.permissions.query({ name: "read", path: root });
  if (state !== "granted") return null;
  const paths = [...FILES];
  for (const room of ROOMS) await listFiles(root, room, paths);
  const lines = await Promise.all(
    paths.filter((path) => CODE.test(path)).sort().map(async (path) => {
      const content = await bytesIfPossible(new URL(encodeURI(path), root));
      return content === null
        ? ""
        : `${createHash("sha256").update(content).digest("hex")}  ${path}\n`;
    }),
  );
  const whole = createHash("sha256");
  for (const line of lines) whole.update(line);
  return whole.digest("hex");
}

async function listFiles(
  root: URL,
  folder: string,
  into: string[],
): Promise<void> {
  try {
    for await (const entry of Deno.readDir(new URL(`${folder}/`, root))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await listFiles(root, path, into);
      else if (entry.isFile) into.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
