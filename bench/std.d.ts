/**
 * Types of the std modules that the project uses, given once.
 *
 * `@std/*` resolves through `npm:deno-std`, which carries the std modules
 * unchanged but as plain JavaScript: without these, every import would be
 * `any` and `assert()` would not narrow. Signatures follow
 * github.com/denoland/std.
 */

declare module "@std/assert" {
  type Constructor<E extends Error> = abstract new (...args: never[]) => E;
  export class AssertionError extends Error {}
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertEquals<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertNotEquals<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertMatch(
    actual: string,
    expected: RegExp,
    msg?: string,
  ): void;
  export function assertStringIncludes(
    actual: string,
    expected: string,
    msg?: string,
  ): void;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    errorClass?: Constructor<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    errorClass?: Constructor<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
}

declare module "@std/bytes/concat" {
  export function concat(
    buffers: readonly Uint8Array[],
  ): Uint8Array<ArrayBuffer>;
}

declare module "@std/collections/map-values" {
  export function mapValues<Value, Other>(
    record: Readonly<Record<string, Value>>,
    transformer: (value: Value, key: string) => Other,
  ): Record<string, Other>;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    binary?: boolean;
  }
  export function format(num: number, options?: FormatOptions): string;
}

declare module "@std/fmt/duration" {
  export interface PrettyDurationOptions {
    ignoreZero?: boolean;
  }
  export function format(ms: number, options?: PrettyDurationOptions): string;
}

declare module "@std/path" {
  export function join(...paths: string[]): string;
  export function dirname(path: string): string;
  export function basename(path: string, suffix?: string): string;
  export function relative(from: string, to: string): string;
  export function resolve(...paths: string[]): string;
  export function fromFileUrl(url: string | URL): string;
  export function toFileUrl(path: string): URL;
  export function isAbsolute(path: string): boolean;
  export function normalize(path: string): string;
}

declare module "@std/text/levenshtein-distance" {
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "@std/csv" {
  export interface ParseOptions {
    skipFirstRow?: boolean;
  }
  export function parse(input: string): string[][];
  export function parse(
    input: string,
    options: ParseOptions,
  ): Record<string, string>[];
  export function stringify(
    data: readonly (Record<string, unknown> | readonly unknown[])[],
    options?: {
      headers?: boolean;
    },
  ): string;
}

declare module "@std/encoding/hex" {
  export function encodeHex(src: string | Uint8Array | ArrayBuffer): string;
}
