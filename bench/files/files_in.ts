/** Which files a folder has. */

/**
 * Lists the files of a folder, not below it.
 *
 * @param pattern What their names are like.
 * @returns Their paths, sorted; nothing if there is no such folder.
 */
export async function filesIn(
  folder: string,
  pattern: RegExp,
): Promise<string[] | undefined> {
  const isFolder = await Deno.stat(folder).then(
    (found) => found.isDirectory,
    () => false,
  );
  if (!isFolder) return undefined;
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.filter((name) => pattern.test(name)).sort()
    .map((name) => `${folder.replace(/\/$/, "")}/${name}`);
}
