/**
 * Compiles C with the machine's own compiler into a shared object, once for
 * each content: the name of an object is the digest of sources, flags and the
 * compiler's version, so that an object that is there and whole is the right
 * one.
 */
import { encodeHex } from "@std/encoding/hex";
import { join } from "@std/path";
import {
  cacheDirectory,
  checkObjectFile,
  openObjectCache,
} from "./cache_directory.ts";
import { makeBuildFolder } from "./build_files.ts";
import { NativeEngineError } from "./error.ts";
import {
  type BoundedResult,
  LateProgramError,
  MissingProgramError,
  runBounded,
} from "./run_bounded.ts";
import { readSealedObject, sealObject } from "./sealed_object.ts";

export const C_FLAGS: readonly string[] = Object.freeze([
  "-std=gnu11",
  "-O2",
  "-fPIC",
  "-shared",
  "-fno-strict-aliasing",
  "-fno-semantic-interposition",
  "-fvisibility=hidden",
  "-Werror=implicit-function-declaration",
]);

export interface CompileOptions {
  /** The compiler's program; default: `cc`. */
  readonly cc?: string | undefined;
  /** Flags behind `C_FLAGS`; default: none. */
  readonly flags?: readonly string[] | undefined;
  /** Where objects are kept; default: `cacheDirectory()`. */
  readonly cacheDir?: string | undefined;
  /** Longest time for one run of the compiler in ms; default: 60 s. */
  readonly timeoutMs?: number | undefined;
}

export interface CompiledObject {
  readonly path: string;
  /** The compiler's program and the first line of its version. */
  readonly compiler: string;
  readonly flags: readonly string[];
  /** Whether it was there already. */
  readonly wasCached: boolean;
}

const versions = new Map<string, Promise<string>>();

/**
 * @returns The first line that `cc --version` prints.
 * @throws {NativeEngineError} If it is missing, fails, hangs, or may not run.
 */
export function compilerVersion(
  options: Pick<CompileOptions, "cc" | "timeoutMs"> = {},
): Promise<string> {
  const { cc = "cc" } = options;
  return versions.getOrInsertComputed(cc, async () => {
    const { stdout, stderr } = await run(["--version"], options);
    // Some print it where others complain.
    const lines = `${stdout}\n${stderr}`.split("\n");
    return lines.find((line) => line.trim() !== "")?.trim() ?? "of no version";
  });
}

/** Sources: content of each file by name, and those that are compiled. */
export interface Sources {
  /** Text, or bytes of objects that are linked. */
  readonly files: ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>;
  /** Names of those that the compiler is given. */
  readonly main: string | readonly string[];
}

/**
 * Compiles sources into a shared object, or finds the one that is there.
 *
 * @param sources Text of each file by name; `main` names the one to compile.
 * @param options Compiler, flags, cache, longest time.
 * @throws {NativeEngineError} If the compiler is missing, fails or hangs, or
 *   if a permission is missing.
 */
export async function compileObject(
  sources: Sources,
  options: CompileOptions = {},
): Promise<CompiledObject> {
  const flags = [...C_FLAGS, ...(options.flags ?? [])];
  return await compileFile(sources, { ...options, flags, extension: ".so" });
}

/**
 * @param options Compiler, all of its flags, how the file's name ends, cache,
 *   longest time.
 * @throws {NativeEngineError} If the compiler is missing, fails or hangs, or
 *   if a permission is missing.
 */
export async function compileFile(
  sources: Sources,
  options: CompileOptions & { readonly extension: string },
): Promise<CompiledObject> {
  const { cc = "cc", flags = [], extension } = options;
  const version = await compilerVersion(options);
  const compiler = `${cc}: ${version}`;
  const contents = await Promise.all(
    [...sources.files].map(async ([file, content]) => [
      file,
      typeof content === "string" ? content : await digest(content),
    ]),
  );
  const name = await digest(
    JSON.stringify([compiler, flags, contents, sources.main]),
  );
  try {
    const cache = await openObjectCache(
      options.cacheDir ?? await cacheDirectory(),
    );
    const path = join(cache.path, `${name}${extension}`);
    const found = { path, compiler, flags };
    if (await checkObjectFile(path, cache)) {
      const isWhole = await readSealedObject(path) !== undefined;
      if (isWhole) return { ...found, wasCached: true };
    }
    await using build = await makeBuildFolder(cache.path);
    for (const [file, content] of sources.files) {
      const to = join(build.path, file);
      if (typeof content === "string") await Deno.writeTextFile(to, content);
      else await Deno.writeFile(to, content);
    }
    const object = join(build.path, `object${extension}`);
    const inputs = [sources.main].flat().map((file) => join(build.path, file));
    await run([...flags, "-o", object, ...inputs], options);
    await sealObject(object);
    // Another process may do the same: whoever is last replaces an equal.
    await Deno.rename(object, path);
    return { ...found, wasCached: false };
  } catch (error) {
    throw explain(error, "keep compiled objects");
  }
}

/** Runs the compiler; its output, or one line on what went wrong. */
async function run(
  args: readonly string[],
  options: Pick<CompileOptions, "cc" | "timeoutMs">,
): Promise<BoundedResult> {
  const { cc = "cc", timeoutMs = 60_000 } = options;
  let result: BoundedResult;
  try {
    result = await runBounded({ program: cc, args, timeoutMs });
  } catch (error) {
    if (error instanceof LateProgramError) {
      throw new LateProgramError(
        `Cannot compile with "${cc}": it has not ended after ` +
          `${timeoutMs / 1000} s, expected an object by then`,
      );
    }
    throw error instanceof MissingProgramError
      ? new NativeEngineError(missing(error))
      : explain(error, `run C compiler "${cc}"`);
  }
  if (result.status !== 0) {
    const lines = result.stderr.split("\n");
    const line = lines.find((text) => /\berror\b/i.test(text)) ??
      lines.find((text) => text.trim() !== "") ?? `exit code ${result.status}`;
    throw new NativeEngineError(
      `Cannot compile with "${cc}": ${line.trim()}, expected no error`,
    );
  }
  return result;
}

/** One line on a compiler that cannot be run. */
function missing({ program, why }: MissingProgramError): string {
  if (why === "permission") {
    return `Cannot run C compiler "${program}": the permission is missing, ` +
      `expected --allow-run (engine native needs --allow-ffi, ` +
      `--allow-run=cc and --allow-write)`;
  }
  return why === "absent"
    ? `Cannot run C compiler "${program}": there is no such program, ` +
      `expected one in PATH, such as gcc or clang`
    : `Cannot run C compiler "${program}": it may not be executed, expected ` +
      `a program`;
}

/** One line on a missing permission or a failed file operation. */
function explain(error: unknown, verb: string): Error {
  if (error instanceof NativeEngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    const flag = /--allow-[a-z]+/.exec(message)?.[0] ?? "a permission";
    return new NativeEngineError(
      `Cannot ${verb}: the permission is missing, expected ${flag} ` +
        `(engine native needs --allow-ffi, --allow-run=cc and --allow-write)`,
    );
  }
  return new NativeEngineError(
    `Cannot ${verb}: ${message.split("\n")[0]}, expected it to be possible`,
  );
}

async function digest(
  content: string | Uint8Array<ArrayBuffer>,
): Promise<string> {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  const sum = await crypto.subtle.digest("SHA-256", bytes);
  return encodeHex(new Uint8Array(sum)).slice(0, 40);
}
