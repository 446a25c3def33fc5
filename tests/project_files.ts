/** The files of the project, as its tools see them. */

/** The folder of the project. */
export const ROOT = new URL("../", import.meta.url);

/** Folders that hold nothing of ours, or what others wrote. */
const OTHERS = new Set([
  ...[".git", "node_modules", "out", "coverage"],
  "tests/data",
]);

/** Gives the address of every file, tests' data aside, in order. */
export async function projectFiles(folder: URL = ROOT): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const file = new URL(name, folder);
    if (!isDirectory) found.push(file);
    else if (!OTHERS.has(projectPath(file))) {
      found.push(...await projectFiles(new URL(`${name}/`, folder)));
    }
  }
  return found.sort((a, b) => a.href < b.href ? -1 : 1);
}

/** Gives the address of every Markdown file. */
export async function markdownPages(): Promise<URL[]> {
  return (await projectFiles()).filter(({ href }) => href.endsWith(".md"));
}

/** A file's path from the root. */
export function projectPath(file: URL): string {
  return file.href.slice(ROOT.href.length);
}
