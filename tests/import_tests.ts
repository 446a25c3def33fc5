/**
 * Many test files in one isolate: a file of its own loads its modules again, and
 * compiles again what is hot in them, which was half of what all tests took.
 */

/** A file of tests, by its name. */
const TEST_FILE = /_test\.ts$/;

/**
 * Imports the test files of some folders, each as if it ran alone.
 *
 * @param folders Below `tests/`; what lies deeper is a folder of its own.
 */
export async function importTests(...folders: readonly string[]) {
  for (const folder of folders) {
    const url = new URL(`./${folder}/`, import.meta.url);
    const names: string[] = [];
    for await (const { name } of Deno.readDir(url)) names.push(name);
    for (const name of names.filter((one) => TEST_FILE.test(one)).sort()) {
      await import(new URL(name, url).href);
    }
  }
}
