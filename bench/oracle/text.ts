/** A text file, compressed or not, whole. */

/**
 * Reads the first of some files that exists, unpacking `.gz`.
 *
 * @throws {Deno.errors.NotFound} If none exists.
 * @throws {SyntaxError} If a `.gz` file is truncated or is not gzip.
 */
export async function readTextOrGzip(
  paths: readonly string[],
): Promise<string> {
  for (const path of paths) {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await Deno.readFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    if (!path.endsWith(".gz")) return new TextDecoder().decode(bytes);
    try {
      const stream = new Blob([bytes]).stream()
        .pipeThrough(new DecompressionStream("gzip"));
      return await new Response(stream).text();
    } catch (error) {
      throw new SyntaxError(
        `Cannot read "${path}": truncated or not gzip, expected a whole ` +
          "gzip file",
        { cause: error },
      );
    }
  }
  throw new Deno.errors.NotFound(
    `Cannot read "${paths[0] ?? ""}": no such file, expected it or its .gz`,
  );
}
