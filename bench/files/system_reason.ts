/**
 * Why the system refused a file, in words for one line: the runtime's own name
 * a system call and an error number.
 */

/** Returns the reason of a failed file operation. */
export function systemReason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "a part of the path is not a directory";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "permission denied";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno has no permission for it";
  }
  const message = error instanceof Error ? error.message : String(error);
  const words = message.replace(/ \(os error \d+\).*/s, "")
    .replaceAll("\n", " ");
  return /^[A-Z][a-z]/.test(words)
    ? words.charAt(0).toLowerCase() + words.slice(1)
    : words;
}
