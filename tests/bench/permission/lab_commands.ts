/**
 * Runs commands of the lab one after the other in the process of one, and
 * prints what each of them did as JSON: to load the lab takes longer than most.
 */
import { main } from "../../../bench/lab.ts";

const commands: readonly string[][] = JSON.parse(Deno.args[0] ?? "[]");
const done = [];
for (const args of commands) {
  let out = "";
  let err = "";
  const code = await main(args, {
    writeOut: (text) => out += text,
    writeError: (text) => err += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  });
  done.push({ code, out, err });
}
await new Response(JSON.stringify(done)).body?.pipeTo(Deno.stdout.writable);
Deno.exit(0);
