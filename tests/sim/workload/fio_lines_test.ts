import { assertEquals, assertThrows } from "@std/assert";
import {
  cutComment,
  includedName,
  jobSections,
  nestedPath,
  sectionTitle,
} from "../../../sim/workload/fio_lines.ts";

Deno.test("cutComment() cuts where fio does, whatever stands before", () => {
  assertEquals(cutComment("bs=4k ; four\r"), "bs=4k");
  assertEquals(cutComment("  [j]#x ; y"), "  [j]");
  assertEquals(cutComment("description=a;b#c"), "description=a");
  assertEquals(cutComment("# all"), "");
  assertEquals(sectionTitle(cutComment(" [a b] ; x")), "a b");
  assertEquals(sectionTitle("[a"), null);
});

Deno.test("jobSections() knows the place of every option", () => {
  const [first, second, ...rest] = jobSections(
    "j.fio",
    "; head\n\n[global] # all\nbs = 4k\n[j]\n\tthread\n",
    { included: new Map() },
  );
  assertEquals(rest, []);
  const at = (line: number, column: number) => ({
    file: "j.fio",
    line,
    column,
  });
  assertEquals(first, {
    name: "global",
    at: at(3, 1),
    options: [{ key: "bs", value: " 4k", at: at(4, 1), valueAt: at(4, 6) }],
  });
  assertEquals(second?.options, [
    { key: "thread", value: null, at: at(6, 2), valueAt: at(6, 8) },
  ]);
});

Deno.test("jobSections() puts included files in their place", () => {
  const included = new Map([
    ["d/inc/a.fio", "bs=8k\ninclude b.fio ; more\n"],
    ["d/inc/b.fio", "\nsize=1m\n"],
  ]);
  const [section] = jobSections(
    "d/j.fio",
    "[j]\nrw=write\ninclude inc/a.fio\nloops=2\n",
    { included },
  );
  assertEquals(section?.options.map(({ key, at }) => [key, at.file, at.line]), [
    ["rw", "d/j.fio", 2],
    ["bs", "d/inc/a.fio", 1],
    ["size", "d/inc/b.fio", 2],
    ["loops", "d/j.fio", 4],
  ]);
});

Deno.test("jobSections() names the place of an include that cannot be", () => {
  const cases: [string, Map<string, string>, string][] = [
    [
      "[j]\n include nope.fio\n",
      new Map(),
      '"j.fio": line 2, column 2: found "nope.fio", expected an included file ' +
      "that exists",
    ],
    [
      "[j]\ninclude ../x\n",
      new Map(),
      "in the folder of the job file or below",
    ],
    ["[j]\ninclude /etc/x\n", new Map(), "the folder of the job file or below"],
    [
      "[j]\ninclude a\n",
      new Map([["a", "bs=4k\n[k]\n"]]),
      '"a": line 2, column 1: found "[k]", expected options, as in any',
    ],
    [
      "[j]\ninclude a\n",
      new Map([["a", "include a\n"]]),
      "expected at most 16 files that include one another",
    ],
  ];
  for (const [text, included, message] of cases) {
    assertThrows(
      () => jobSections("j.fio", text, { included }),
      SyntaxError,
      message,
    );
  }
  assertEquals(includedName("include=x.fio # y"), "x.fio");
  assertEquals(includedName("includes=x.fio"), null);
});

Deno.test("nestedPath() never leaves the folder of the job file", () => {
  const cases: [string, string, string, string | null][] = [
    ["j.fio", "j.fio", "a.log", "a.log"],
    ["j.fio", "j.fio", "sub/a.log", "sub/a.log"],
    ["j.fio", "j.fio", "./x/../a.log", "a.log"],
    ["j.fio", "j.fio", "../a.log", null],
    ["j.fio", "j.fio", "sub/../../a.log", null],
    ["j.fio", "j.fio", "/etc/passwd", null],
    ["d/j.fio", "d/j.fio", "a.log", "d/a.log"],
    ["d/j.fio", "d/sub/i.fio", "../a.log", "d/a.log"],
    ["d/j.fio", "d/j.fio", "../e/a.log", null],
    ["../j.fio", "../j.fio", "a.log", "../a.log"],
    ["../j.fio", "../j.fio", "../a.log", null],
    ["/d/j.fio", "/d/j.fio", "a.log", "/d/a.log"],
    ["/d/j.fio", "/d/j.fio", "/d/e/a.log", "/d/e/a.log"],
    ["/d/j.fio", "/d/j.fio", "/da.log", null],
    ["/j.fio", "/j.fio", "a.log", "/a.log"],
  ];
  for (const [root, from, name, path] of cases) {
    assertEquals(nestedPath(root, from, name), path, `${root} ${name}`);
  }
});
