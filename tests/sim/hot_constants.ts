/**
 * Uses of constants that V8 does not fold: imported ones and those that a
 * module itself exports, in functions that run for each I/O
 * (bench/HOT_PATH.md, "Constants"). Modules are read by Deno's own parser, the
 * one of its lint.
 */
import { assertEquals } from "@std/assert";

/** A module, as far as its constants are concerned. */
export interface HotModule {
  /** Its path from the root. */
  readonly path: string;
  /** What is imported: local name to module and name there. */
  readonly imported: ReadonlyMap<string, { path: string; name: string }>;
  /** Names that it exports. */
  readonly exported: ReadonlySet<string>;
  /** `const a = b;` of the module's own scope, by `a`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Functions of the module's scope that make no closures. */
  readonly plain: ReadonlySet<string>;
  /** Names that are used in functions, but for what is thrown. */
  readonly uses: readonly NameUse[];
}

/** A name in a function. */
export interface NameUse {
  readonly name: string;
  readonly line: number;
  /** The module's function that it is in; "" where that has no name. */
  readonly within: string;
  /** Whether it is in a closure or a method. */
  readonly inClosure: boolean;
}

type Node = Deno.lint.Node;
const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);
/** Where a name is a type's, or none of a variable. */
const NO_USES = /^TS(TypeReference|TypeQuery|QualifiedName)$|Specifier$/;
/** How the house writes constants. */
const CONSTANT = /^[A-Z][A-Z0-9_]+$/;

/** The nodes around one, from the inside. */
function* around(node: Node): Generator<Node> {
  for (let at = node; "parent" in at && at.parent; at = at.parent as Node) {
    yield at.parent as Node;
  }
}

/** The name that a function of a module's scope has. */
function nameOf(node: Node): string {
  if (node.type === "FunctionDeclaration") return node.id?.name ?? "";
  const { parent } = node as Deno.lint.ArrowFunctionExpression;
  return parent.type === "VariableDeclarator" && parent.id.type === "Identifier"
    ? parent.id.name
    : "";
}

/** What a name is used in; nothing if it is no use of a variable, or cold. */
function useOf(node: Deno.lint.Identifier, text: string): NameUse | undefined {
  const { parent } = node;
  if (NO_USES.test(parent.type)) return undefined;
  if (
    // Nodes are made anew each time that they are looked at.
    parent.type === "MemberExpression" && !parent.computed &&
    parent.property.range[0] === node.range[0]
  ) return undefined;
  const nodes = [...around(node)];
  if (nodes.some(({ type }) => type === "ThrowStatement")) return undefined;
  const functions = nodes.filter(({ type }) => FUNCTIONS.has(type));
  const outer = functions.at(-1);
  if (outer === undefined) return undefined;
  return {
    name: node.name,
    line: text.slice(0, node.range[0]).split("\n").length,
    within: nameOf(outer),
    inClosure: functions.length > 1 ||
      nodes.some((at) =>
        at.type === "MethodDefinition" && at.kind !== "constructor"
      ),
  };
}

/**
 * Reads a module.
 *
 * @param path Its path from the root, which what it imports is relative to.
 * @param text What stands in it.
 */
export function readHotModule(path: string, text: string): HotModule {
  const imported = new Map<string, { path: string; name: string }>();
  const exported = new Set<string>();
  const aliases = new Map<string, string>();
  const made = new Map<string, boolean>();
  const names: Deno.lint.Identifier[] = [];
  const here = new URL(path, "file:///");
  const visitor: Deno.lint.LintVisitor = {
    ImportSpecifier(node) {
      const { parent, local, imported: theirs } = node;
      if (parent.type !== "ImportDeclaration") return;
      if (node.importKind === "type" || parent.importKind === "type") return;
      imported.set(local.name, {
        path: new URL(parent.source.value, here).pathname.slice(1),
        name: theirs.type === "Identifier" ? theirs.name : theirs.value,
      });
    },
    ExportNamedDeclaration({ declaration }) {
      if (declaration?.type === "VariableDeclaration") {
        for (const { id } of declaration.declarations) {
          if (id.type === "Identifier") exported.add(id.name);
        }
      }
    },
    VariableDeclarator({ id, init, parent }) {
      const isOuter = ["Program", "ExportNamedDeclaration"].includes(
        parent.parent.type,
      );
      if (!isOuter || id.type !== "Identifier") return;
      if (init?.type === "Identifier") aliases.set(id.name, init.name);
    },
    [[...FUNCTIONS].join(", ")](node: Node) {
      const outer = [...around(node)].findLast(({ type }) =>
        FUNCTIONS.has(type)
      );
      if (outer === undefined) made.set(nameOf(node), true);
      else made.set(nameOf(outer), false);
    },
    Identifier: (node) => void names.push(node),
  };
  const diagnostics = Deno.lint.runPlugin(
    { name: "hot", rules: { constants: { create: () => visitor } } },
    path,
    text,
  );
  assertEquals(diagnostics, []);
  const plain = [...made].flatMap(([name, isPlain]) => isPlain ? [name] : []);
  return {
    path,
    imported,
    exported,
    aliases,
    plain: new Set(plain),
    uses: names.flatMap((node) => useOf(node, text) ?? []),
  };
}

/** A constant that V8 does not fold, in a function that I/Os run through. */
export interface UnfoldedConstant {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}

/**
 * Finds constants that are not folded: in closures and methods, and in the
 * functions of modules that those call.
 *
 * @param modules Modules that I/Os run through.
 */
export function unfoldedConstants(
  modules: readonly HotModule[],
): UnfoldedConstant[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  /** The function that a name of a module stands for. */
  const target = (of: HotModule, local: string): string | undefined => {
    const name = of.aliases.get(local) ?? local;
    if (of.plain.has(name)) return `${of.path} ${name}`;
    const from = of.imported.get(name);
    return from && byPath.get(from.path)?.plain.has(from.name)
      ? `${from.path} ${from.name}`
      : undefined;
  };
  const called = new Set<string>();
  const isHot = ({ path }: HotModule, { inClosure, within }: NameUse) =>
    inClosure || called.has(`${path} ${within}`);
  for (let before = -1; before !== called.size;) {
    before = called.size;
    for (const module of modules) {
      for (const use of module.uses) {
        const name = target(module, use.name);
        if (name !== undefined && isHot(module, use)) called.add(name);
      }
    }
  }
  return modules.flatMap((module) =>
    module.uses.flatMap((use) => {
      const { name, line } = use;
      const isForeign = module.imported.has(name) || module.exported.has(name);
      return isForeign && CONSTANT.test(name) && isHot(module, use)
        ? [{ path: module.path, line, name }]
        : [];
    })
  );
}
