/**
 * A function of `layouts/` and `sim/` is a stage with a name: what it does
 * itself fits on a screen. A factory may be longer as a whole, for the
 * functions that it makes have names of their own.
 */
import { assert, assertEquals } from "@std/assert";
import { projectFiles, projectPath, ROOT } from "./project_files.ts";

const MOST_OWN_LINES = 60;

/** Those that are longer, and why. */
const LONGER: ReadonlyMap<string, string> = new Map([
  ["sim/block/request_segments.ts next", "each segment of an I/O comes here"],
  ["sim/cache/ordered_run.ts loopOver", "one loop, which V8 compiles as one"],
  ["sim/path/path.ts createPath", "puts the stages of a path together"],
]);

type Node = Deno.lint.Node;

const FUNCTIONS = [
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
];

/** A function, from its first line up to the one behind its last. */
interface Found {
  /** Its name, if it has one. */
  readonly name: string | undefined;
  readonly first: number;
  readonly end: number;
}

/** The name by which a function is declared, assigned or a member. */
function nameOf(node: Node): string | undefined {
  if (node.type === "FunctionDeclaration") return node.id?.name ?? "default";
  let { parent } = node as Deno.lint.ArrowFunctionExpression;
  // Whichever of two functions it is, it has the name.
  while (parent.type === "ConditionalExpression") {
    parent = parent.parent as typeof parent;
  }
  switch (parent.type) {
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? parent.id.name : undefined;
    case "AssignmentExpression":
      return "member";
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return "name" in parent.key ? `${parent.key.name}` : "member";
    default:
      return undefined;
  }
}

/** Functions of a module with names, and lines of code that are theirs alone. */
function ownLines(path: string, text: string): [name: string, lines: number][] {
  const found: Found[] = [];
  const lineOf = (at: number) => text.slice(0, at).split("\n").length - 1;
  const visit = (node: Node) => {
    const [start, end] = node.range;
    const first = lineOf(start);
    found.push({ name: nameOf(node), first, end: lineOf(end) + 1 });
  };
  const rule = { create: () => ({ [FUNCTIONS.join(", ")]: visit }) };
  Deno.lint.runPlugin({ name: "length", rules: { own: rule } }, path, text);
  const isCode = text.split("\n").map((line) =>
    !/^\s*($|\/\/|\/\*|\*)/.test(line)
  );
  const named = found.filter(({ name }) => name !== undefined);
  return named.map(({ name = "", first, end }) => {
    const own = isCode.slice(first, end);
    for (const inner of named) {
      if (inner.first <= first || inner.end > end) continue;
      own.fill(false, inner.first - first, inner.end - first);
    }
    return [name, own.filter(Boolean).length];
  });
}

Deno.test("no function of layouts/ and sim/ has more than 60 lines of its own", async () => {
  const long: string[] = [];
  const paths = (await projectFiles()).map(projectPath)
    .filter((path) => /^(layouts|sim)\/.*\.ts$/.test(path));
  assert(paths.length > 500, `${paths.length} modules`);
  for (const path of paths) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    for (const [name, lines] of ownLines(path, text)) {
      if (lines > MOST_OWN_LINES) long.push(`${path} ${name}`);
    }
  }
  assertEquals(long.sort(), [...LONGER.keys()].sort());
});

Deno.test("a function's own lines are those of no named function in it", () => {
  const text = `const make = () => {
  // A remark.
  const one = (): number => {
    return 1;
  };

  return [1, 2].map((n) => {
    return n + one();
  });
};
`;
  assertEquals(ownLines("x.ts", text), [["make", 5], ["one", 3]]);
});
