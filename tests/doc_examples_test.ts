import { assert, assertEquals, assertRejects } from "@std/assert";
import { type DocExample, docExamples, runExample } from "./doc_examples.ts";
import { projectFiles, projectPath, ROOT } from "./project_files.ts";

const files = await Promise.all(
  (await projectFiles()).filter(({ href }) => /\.(ts|md)$/.test(href))
    .map(async (file) => ({ file, text: await Deno.readTextFile(file) })),
);

for (const { file, text } of files) {
  for (const example of docExamples(text, file)) {
    Deno.test(`${projectPath(file)}:${example.line}`, () =>
      runExample(example));
  }
}

Deno.test("every block of code in a page or a comment is an example", () => {
  for (const { file, text } of files) {
    if (projectPath(file).startsWith("tests/")) continue;
    const fences = text.match(/^[ \t]*(\* )?```+[jt]s\b/gm) ?? [];
    assertEquals(docExamples(text, file).length, fences.length, file.pathname);
  }
});

/** Doc comments of what `mod.ts` exports, and that of `mod.ts` itself. */
async function publicComments(): Promise<Map<string, string>> {
  const root = new URL("mod.ts", ROOT);
  const text = await Deno.readTextFile(root);
  const comments = new Map([["mod.ts", text.slice(0, text.indexOf("*/"))]]);
  const exports = text.matchAll(/^export (?:type )?\{(.*?)\} from "(.*?)"/gms);
  for (const [, names = "", path = ""] of exports) {
    const module = await Deno.readTextFile(new URL(path, root));
    for (const name of names.match(/\w+/g) ?? []) {
      const [, comment] = new RegExp(
        String.raw`(/\*\*(?:(?!\*/).)*\*/)\nexport (?:abstract |async )?` +
          String.raw`(?:class|const|function\*?|interface|type) ${name}\b`,
        "s",
      ).exec(module) ?? [];
      if (comment !== undefined) comments.set(name, comment);
    }
  }
  return comments;
}

Deno.test("what is public is shown with public imports alone", async () => {
  const comments = await publicComments();
  // All but what is exported from where it is not declared.
  assert(comments.size > 50, `${comments.size}`);
  for (const [name, comment] of comments) {
    for (const [, from = ""] of comment.matchAll(/\bfrom "(.*?)"/g)) {
      assert(/^@(std|bvec)\//.test(from), `${name} imports "${from}"`);
    }
  }
});

/** The only example of a module. */
function only(lines: readonly string[]): DocExample {
  const [example, ...others] = docExamples(
    lines.join("\n"),
    new URL("sim/x.ts", ROOT),
  );
  assert(example !== undefined);
  assertEquals(others, []);
  return example;
}

Deno.test("an example fails where it is wrong, and imports as the file does", async () => {
  const example = only([
    ...["/**", " * One.", " *", " * ```ts"],
    ' * import { plural } from "./text/plural.ts";',
    ' * import { assertEquals } from "@std/assert";',
    ' * assertEquals(plural(2, "bio"), "2 bio");',
    ...[" * ```", " */", "export const x = 1;"],
  ]);
  assertEquals(example.line, 5);
  const error = await assertRejects(() => runExample(example), Error, "2 bios");
  assert(/:7:1\b/.test(error.stack ?? ""), error.stack);
});

Deno.test("a block that is marked with ignore, or of no code, is no example", () => {
  const page = new URL("README.md", ROOT);
  const text = "```ts ignore\nx();\n```\n```sh\nls\n```\n```text\n```ts\n```\n";
  assertEquals(docExamples(text, page), []);
  assertEquals(docExamples("```ts\nx();\n```\n", page), [
    { line: 2, code: "\nx();\n" },
  ]);
});
