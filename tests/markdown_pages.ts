/** The pages of the project: what a reader of the repository may come to. */

/** The folder of the project. */
export const ROOT = new URL("../", import.meta.url);

/** Folders that hold no page of ours. */
const OTHERS = new Set([".git", "node_modules", "out", "coverage", "data"]);

/** Gives the address of every Markdown file, tests' data aside. */
export async function markdownPages(folder: URL = ROOT): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      if (OTHERS.has(name)) continue;
      found.push(...await markdownPages(new URL(`${name}/`, folder)));
    } else if (name.endsWith(".md")) found.push(new URL(name, folder));
  }
  return found.sort((a, b) => a.href < b.href ? -1 : 1);
}

/** A page's path from the root. */
export function pagePath(page: URL): string {
  return page.href.slice(ROOT.href.length);
}
