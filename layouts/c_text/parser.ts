/** tree-sitter's parser of C, made when it is first needed. */
import type { Parser } from "web-tree-sitter";
import { loadModules } from "./grammar.js";

let parser: Promise<Parser> | undefined;

/**
 * Returns the parser of C.
 *
 * @returns One parser for all texts of this isolate.
 */
export function cParser(): Promise<Parser> {
  return parser ??= makeParser();
}

async function makeParser(): Promise<Parser> {
  // Loaded with the first text: most programs that import a layout read none.
  const { Language, Parser } = await import("web-tree-sitter");
  const { core, grammar } = await loadModules();
  await Parser.init({
    // Emscripten's way to be given a compiled module instead of a path.
    instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (
        instance: WebAssembly.Instance,
        module: WebAssembly.Module,
      ) => void,
    ) => {
      WebAssembly.instantiate(core, imports)
        .then((instance) => done(instance, core));
      return {};
    },
  });
  const made = new Parser();
  made.setLanguage(Language.loadSync(grammar));
  return made;
}
