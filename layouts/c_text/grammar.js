// @ts-self-types="./grammar.d.ts"
/**
 * The WebAssembly modules of tree-sitter and of its grammar of C.
 *
 * They are imported in the source phase: as modules of this program, found
 * through the import map and cached with it, so that reading C needs no
 * permission and no path. TypeScript does not know `import.source()` yet,
 * which is why this file is none.
 */

/** The modules, loaded when they are first asked for. */
export async function loadModules() {
  const [core, grammar] = await Promise.all([
    import.source("web-tree-sitter/web-tree-sitter.wasm"),
    import.source("tree-sitter-c/tree-sitter-c.wasm"),
  ]);
  return { core, grammar };
}
