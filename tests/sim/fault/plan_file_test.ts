import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FAULT_KINDS } from "../../../sim/fault/plan.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";
import { NVME_SC, NVME_STATUS_DNR } from "../../../sim/nvme/status.ts";

/** A plan with that fault, as a file. */
function fileOf(fault: string, frame = ""): string {
  return `{"schemaVersion": 1, ${frame}\n "faults": [\n  ${fault}]}`;
}

Deno.test("readFaultPlan() reads every kind with its defaults", () => {
  const faults = [
    '{"kind": "mapping", "io": 3}',
    '{"kind": "descriptor", "io": [3, 5], "nth": 2}',
    '{"kind": "bounce", "every": 4}',
    '{"kind": "tag", "every": 4, "from": 2, "times": 3}',
    '{"kind": "status", "io": 0, "status": "read_error", "retry": false}',
    '{"kind": "timeout", "io": 0}',
    '{"kind": "completion", "io": 0}',
    '{"kind": "short", "io": 0}',
    '{"kind": "reorder", "probability": 0.5}',
    '{"kind": "unplug", "io": 9}',
  ];
  const plan = readFaultPlan(fileOf(faults.join(",")), "some/where/p.json");
  assertEquals(plan.name, "p.json");
  assertEquals([plan.seed, plan.bouncePoolBytes], [1, 0]);
  assertEquals(new Set(plan.rules.map(({ kind }) => kind)).size, 10);
  assertEquals(FAULT_KINDS.length, 10);
  const io = (...ios: number[]) => ({ by: "io" as const, ios });
  assertEquals(plan.rules, [
    { kind: "mapping", choice: io(3), times: 1, nth: 1 },
    { kind: "descriptor", choice: io(3, 5), times: 1, nth: 2 },
    {
      kind: "bounce",
      choice: { by: "every", every: 4, from: 0 },
      times: 1,
      nth: 1,
    },
    { kind: "tag", choice: { by: "every", every: 4, from: 2 }, times: 3 },
    {
      kind: "status",
      choice: io(0),
      times: 1,
      status: NVME_SC.read_error | NVME_STATUS_DNR,
    },
    { kind: "timeout", choice: io(0), times: 1, end: "aborted" },
    { kind: "completion", choice: io(0), times: 1, how: "unknown_id" },
    { kind: "short", choice: io(0), times: 1, bytes: 512, reported: true },
    {
      kind: "reorder",
      choice: { by: "probability", probability: 0.5 },
      times: 1,
      delayNs: 100_000,
    },
    { kind: "unplug", choice: io(9), times: 1, provider: 0 },
  ]);
});

Deno.test("readFaultPlan() says where a plan is wrong and what it expects", () => {
  const complaints: [string, string][] = [
    [
      "{",
      "line 1, column 2: found the end of the text (truncated?), expected a key",
    ],
    ["[]", "line 1, column 1: fault plan: found [], expected an object"],
    [
      '{"schemaVersion": 2, "faults": []}',
      "line 1, column 19: schemaVersion: found 2, expected 1",
    ],
    [
      '{"schemaVersion": 1}',
      "line 1, column 1: faults: found nothing, expected a list",
    ],
    [
      fileOf('{"kind": "maping", "io": 1}'),
      'line 3, column 12: faults.0.kind: found "maping", expected one of: mapping, descr',
    ],
    [
      fileOf('{"kind": "mapping"}'),
      "line 3, column 3: faults.0: found 0 of io, every and probability",
    ],
    [
      fileOf('{"kind": "mapping", "io": 1, "every": 2}'),
      "line 3, column 3: faults.0: found 2 of io, every and probability",
    ],
    [
      fileOf('{"kind": "mapping", "io": 1, "from": 2}'),
      "faults.0: found from without every, expected both",
    ],
    [
      fileOf('{"kind": "mapping", "io": 1, "nht": 2}'),
      'line 3, column 39: faults.0: found unknown key "nht"',
    ],
    [
      fileOf('{"kind": "mapping", "io": -1}'),
      "line 3, column 29: faults.0.io: found -1, expected",
    ],
    [
      fileOf('{"kind": "mapping", "probability": 0}'),
      "faults.0.probability: found 0, expected more than 0",
    ],
    [
      fileOf('{"kind": "status", "io": 1, "status": "bad"}'),
      'faults.0.status: found "bad", expected one of: invalid_opcode',
    ],
    [
      fileOf('{"kind": "reorder", "io": 1, "delay": "5"}'),
      'faults.0.delay: found "5", expected a time like "100us"',
    ],
    [
      fileOf('{"kind": "short", "io": 1, "bytes": 3}'),
      "faults.0.bytes: found 3, expected",
    ],
    [
      fileOf('{"kind": "unplug", "every": 1}'),
      "faults.0.io: found nothing, expected",
    ],
    [
      fileOf("", '"device": "quick",'),
      'line 1, column 32: device: found "quick", expected one like: null',
    ],
    [
      fileOf("", '"bouncePool": "100KiB",'),
      "expected whole segments of 256 KiB",
    ],
    [fileOf("", '"seed": 1.5,'), "seed: found 1.5, expected a whole number"],
  ];
  for (const [text, wanted] of complaints) {
    const error = assertThrows(
      () => readFaultPlan(text, "p.json"),
      SyntaxError,
      wanted,
    );
    assert(error.message.startsWith('Cannot read fault plan "p.json": line '));
    assert(!error.message.includes("\n"), error.message);
  }
});

Deno.test("readFaultPlan() takes any text or complains in one line", () => {
  const whole = fileOf(
    '{"kind": "status", "every": 3, "status": "internal", "times": 6}',
    '"device": "channels:8,exp:80us", "bouncePool": "1MiB",',
  );
  const part = fc.constantFrom(..."{}[],:\"'0123456789.eE-+ntf\\u ".split(""));
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(6),
      fc.array(part, { maxLength: 4 }),
      (at, drop, put) => {
        const text = whole.slice(0, at) + put.join("") + whole.slice(at + drop);
        try {
          readFaultPlan(text, "p.json");
        } catch (error) {
          assert(error instanceof SyntaxError, String(error));
          assert(
            /^Cannot read fault plan "p.json": line \d+/.test(error.message),
          );
          assert(!error.message.includes("\n"));
        }
      },
    ),
    { numRuns: 2000 },
  );
});
