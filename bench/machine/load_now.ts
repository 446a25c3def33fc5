/** @returns The machine's load over the last minute; `null` if nobody says. */
export function loadNow(): number | null {
  try {
    return Deno.loadavg()[0] ?? null;
  } catch {
    return null;
  }
}
