/**
 * The modules that `deno task wasm` has made (`*_wasm.ts`), and memory for them:
 * each is compiled at its first use, once in an isolate.
 */

const PAGE_BYTES = 1 << 16;
/** What each module asks for: `INITIAL_PAGES` of bench/check/wasm_modules.ts. */
const LEAST_PAGES = 16;

/**
 * Makes memory that any of the modules takes.
 *
 * @param sizeBytes How much at least, up to 4 GiB.
 */
export function moduleMemory(sizeBytes: number): WebAssembly.Memory {
  const pages = Math.ceil(sizeBytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: Math.max(LEAST_PAGES, pages) });
}

/**
 * Prepares a module.
 *
 * @param base64 Its bytes.
 * @returns What makes an instance over a memory, with functions for it to call,
 *   and gives what it exports.
 */
export function wasmModule<Exports>(
  base64: string,
): (
  memory: WebAssembly.Memory,
  functions?: Readonly<Record<string, WebAssembly.ImportValue>>,
) => Exports {
  let compiled: WebAssembly.Module | undefined;
  return (memory, functions = {}) => {
    compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(base64));
    const { exports } = new WebAssembly.Instance(compiled, {
      env: { memory, ...functions },
    });
    return exports as unknown as Exports;
  };
}
