import { assert, assertEquals } from "@std/assert";
import { oneLine } from "../../../bench/shell/one_line.ts";
import { exitStatus } from "../../../bench/shell/run_command.ts";

Deno.test("oneLine() keeps the beginning and the end of what is too long", () => {
  assertEquals(oneLine("a\n  b"), "a b");
  const whole = "x".repeat(2000);
  assertEquals(oneLine(whole), whole);
  const cut = oneLine(
    `Cannot read "${"x".repeat(1e6)}": none, expected a file`,
  );
  assert(cut.startsWith('Cannot read "xxx'), cut);
  assert(cut.endsWith('xxx": none, expected a file'), cut);
  // 13, 1,000,000 and 24 characters, of which 1,500 and 500 are shown.
  assert(cut.includes("... (998037 characters more) ..."), cut);
  assert(cut.length < 2100, String(cut.length));
});

Deno.test("exitStatus() tells a long error in one line", () => {
  let err = "";
  const context = {
    writeOut: () => {},
    writeError: (text: string) => err += text,
    errorIsTerminal: false,
    color: false,
    signal: new AbortController().signal,
  };
  const error = new RangeError(`Cannot\nrun: ${" ".repeat(1e6)}`);
  assertEquals(exitStatus(error, { name: "lab", context }), 2);
  assertEquals(err.split("\n").length, 2);
  assert(err.length < 2100, String(err.length));
});
