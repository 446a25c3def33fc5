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
import { buildOf, claimIn } from "./build_files.ts";
import { NativeEngineError } from "./error.ts";
import { readSealedObject, sealObject } from "./sealed_object.ts";

/** Flags that every object is compiled with. */
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

/** How C is compiled. */
export interface CompileOptions {
  /** The compiler's program; `cc` unless told. */
  readonly cc?: string;
  /** Flags behind `C_FLAGS`; none unless told. */
  readonly flags?: readonly string[];
  /** Where objects are kept; `cacheDirectory()` unless told. */
  readonly cacheDir?: string;
  /** Longest time for one run of the compiler in ms; 60 s unless told. */
  readonly timeoutMs?: number;
}

/** A compiled object. */
export interface CompiledObject {
  /** Path of the shared object. */
  readonly path: string;
  /** The compiler's program and the first line of its version. */
  readonly compiler: string;
  /** All flags. */
  readonly flags: readonly string[];
  /** Whether it was there already. */
  readonly wasCached: boolean;
}

const decoder = new TextDecoder();
const versions = new Map<string, Promise<string>>();

/**
 * Tells which compiler there is.
 *
 * @param options Its program, and how long it may take.
 * @returns The first line of `cc --version`.
 * @throws {NativeEngineError} If it is missing, fails, hangs, or may not run.
 */
export function compilerVersion(
  options: Pick<CompileOptions, "cc" | "timeoutMs"> = {},
): Promise<string> {
  const { cc = "cc" } = options;
  let found = versions.get(cc);
  if (found === undefined) {
    found = run(["--version"], options).then(({ stdout }) =>
      stdout.split("\n")[0]?.trim() ?? cc
    );
    versions.set(cc, found);
  }
  return found;
}

/**
 * Compiles sources into a shared object, or finds the one that is there.
 *
 * @param sources Text of each file by name; `main` names the one to compile.
 * @param options Compiler, flags, cache, longest time.
 * @returns The object.
 * @throws {NativeEngineError} If the compiler is missing, fails or hangs, or
 *   if a permission is missing.
 */
export async function compileObject(
  sources: { readonly files: ReadonlyMap<string, string>; main: string },
  options: CompileOptions = {},
): Promise<CompiledObject> {
  const flags = [...C_FLAGS, ...(options.flags ?? [])];
  const { cc = "cc" } = options;
  const version = await compilerVersion(options);
  const compiler = `${cc}: ${version}`;
  const name = await digest(JSON.stringify([compiler, flags, [
    ...sources.files,
  ], sources.main]));
  try {
    const cache = await openObjectCache(
      options.cacheDir ?? await cacheDirectory(),
    );
    const path = join(cache.path, `${name}.so`);
    const found = { path, compiler, flags };
    if (await checkObjectFile(path, cache)) {
      const isWhole = await readSealedObject(path) !== undefined;
      if (isWhole) return { ...found, wasCached: true };
    }
    const claim = await claimIn(cache.path, "build");
    const build = buildOf(claim.path);
    try {
      await Deno.mkdir(build, { mode: 0o700 });
      for (const [file, text] of sources.files) {
        await Deno.writeTextFile(join(build, file), text);
      }
      const object = join(build, "object.so");
      await run([...flags, "-o", object, join(build, sources.main)], options);
      await sealObject(object);
      // Another process may do the same: whoever is last replaces an equal.
      await Deno.rename(object, path);
    } finally {
      await Deno.remove(build, { recursive: true }).catch(() => {});
      await Deno.remove(claim.path);
      claim.file.close();
    }
    return { ...found, wasCached: false };
  } catch (error) {
    throw explain(error, "keep compiled objects");
  }
}

/** Runs the compiler; its output, or one line on what went wrong. */
async function run(
  args: readonly string[],
  options: Pick<CompileOptions, "cc" | "timeoutMs">,
): Promise<{ stdout: string }> {
  const { cc = "cc", timeoutMs = 60_000 } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(cc, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal,
    }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new NativeEngineError(
        `Cannot run C compiler "${cc}": there is no such program, expected ` +
          `one in PATH, such as gcc or clang`,
      );
    }
    throw explain(error, `run C compiler "${cc}"`);
  }
  if (signal.aborted) {
    throw new NativeEngineError(
      `Cannot compile with "${cc}": it has not ended after ` +
        `${timeoutMs / 1000} s, expected an object by then`,
    );
  }
  if (!output.success) {
    const lines = decoder.decode(output.stderr).split("\n");
    const line = lines.find((text) => /\berror\b/i.test(text)) ??
      lines.find((text) => text.trim() !== "") ?? `exit code ${output.code}`;
    throw new NativeEngineError(
      `Cannot compile with "${cc}": ${line.trim()}, expected no error`,
    );
  }
  return { stdout: decoder.decode(output.stdout) };
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
    `Cannot ${verb}: ${message.split("\n")[0]}, expected to be able to`,
  );
}

async function digest(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const sum = await crypto.subtle.digest("SHA-256", bytes);
  return encodeHex(new Uint8Array(sum)).slice(0, 40);
}
