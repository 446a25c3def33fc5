/** The WebAssembly modules of tree-sitter and of its grammar of C. */
export interface GrammarModules {
  /** tree-sitter itself. */
  readonly core: WebAssembly.Module;
  /** The tables of C. */
  readonly grammar: WebAssembly.Module;
}

export function loadModules(): Promise<GrammarModules>;
