/** Lists of an option that may be repeated, short enough for a line of a mail. */

/** Columns of a list in which a name may still begin a new one. */
const LONGEST_LIST = 48;

/**
 * Writes names as lists between commas that the option of a list reads again.
 *
 * @returns The lists, each of at most 48 characters if its names are shorter.
 */
export function shortLists(names: readonly string[]): string[] {
  const lists: string[] = [];
  for (const name of names.map(listedName)) {
    const last = lists.at(-1);
    if (last === undefined || `${last},${name}`.length > LONGEST_LIST) {
      lists.push(name);
    } else lists[lists.length - 1] = `${last},${name}`;
  }
  return lists;
}

/**
 * Writes a name so that a comma in it parts no list.
 *
 * @returns The name, with a backslash before each comma.
 */
export function listedName(name: string): string {
  return name.replaceAll(",", "\\,");
}
