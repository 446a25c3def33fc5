import { assertEquals } from "@std/assert";
import { inclusiveInstructions } from "../../../bench/kernel/call_stacks.ts";
import { Phases } from "../../../bench/kernel/phases.ts";
import { Symbols } from "../../../bench/kernel/symbols.ts";
import { INSTRUCTION, IoTrace } from "../../../bench/kernel/trace_reader.ts";

const BASE = 0x7fff_8100_0000;
const NAMES = [
  "vfs_read",
  "submit_bio",
  "bio_put",
  "bio_put.cold",
  "asm_common_interrupt",
  "nvme_irq",
  "__schedule",
] as const;
type Name = typeof NAMES[number];
const CURRENT = 0x0880_0001_fb40;
const OWN = 0x0880_0100_0000;
const IDLE = 0x0880_0200_0000;

/** Runs instructions of functions: an offset of 0 is a function's first one. */
class Program {
  readonly trace = new IoTrace();

  run(name: Name, byte: number, kind: number = INSTRUCTION.other): this {
    const at = BASE + NAMES.indexOf(name) * 0x100 + byte;
    this.trace.push(0, at, kind, 0);
    return this;
  }

  switchTo(task: number): this {
    this.trace.push(2, CURRENT, 8, task);
    return this;
  }

  /** Instructions of each function and what it calls. */
  inclusive(): Partial<Record<Name, number>> {
    const phases = new Phases({
      symbols: new Symbols(
        NAMES.map((name, index) => {
          const at = BigInt(BASE + index * 0x100) + 0xffff_8000_0000_0000n;
          return `${at.toString(16)} T ${name}`;
        }).join("\n"),
      ),
      currentTask: CURRENT,
      ownTask: OWN,
    });
    phases.mark(this.trace);
    return Object.fromEntries(
      [...inclusiveInstructions(this.trace, phases)].map((
        [id, count],
      ) => [phases.nameOf(id), count]),
    );
  }
}

const { call, return: ret, interruptReturn: iret } = INSTRUCTION;

Deno.test("a function has its own instructions and those of what it calls", () => {
  const program = new Program()
    .run("vfs_read", 0).run("vfs_read", 1, call)
    .run("submit_bio", 0).run("submit_bio", 1, call)
    .run("bio_put", 0, ret)
    .run("submit_bio", 2, ret)
    .run("vfs_read", 2, ret);
  // bio_put 1; submit_bio 3 + 1; vfs_read 3 + 4.
  assertEquals(program.inclusive(), { bio_put: 1, submit_bio: 4, vfs_read: 7 });
});

Deno.test("a jump to another function's beginning is a call of it", () => {
  const program = new Program()
    .run("vfs_read", 0, call)
    .run("submit_bio", 0).run("submit_bio", 1)
    // A tail call: its return leaves both.
    .run("bio_put", 0).run("bio_put", 1, ret)
    .run("vfs_read", 1, ret);
  assertEquals(program.inclusive(), { bio_put: 2, submit_bio: 4, vfs_read: 6 });
});

Deno.test("a function that leaves for its cold part comes back from it", () => {
  const program = new Program()
    .run("vfs_read", 0, call)
    .run("bio_put", 0)
    .run("bio_put.cold", 0).run("bio_put.cold", 1)
    .run("bio_put", 8, ret)
    .run("vfs_read", 1, ret);
  assertEquals(program.inclusive(), {
    "bio_put.cold": 2,
    bio_put: 4,
    vfs_read: 6,
  });
});

Deno.test("a jump into the middle of another function ends what jumped", () => {
  // A trace begins inside of functions whose beginning it has not seen.
  const program = new Program()
    .run("submit_bio", 5).run("submit_bio", 6)
    .run("vfs_read", 9).run("vfs_read", 10);
  assertEquals(program.inclusive(), { submit_bio: 2, vfs_read: 2 });
});

Deno.test("a function that calls itself counts once", () => {
  const program = new Program()
    .run("submit_bio", 0, call)
    .run("submit_bio", 0, call)
    .run("submit_bio", 0, ret)
    .run("submit_bio", 1, ret)
    .run("submit_bio", 1, ret);
  assertEquals(program.inclusive(), { submit_bio: 5 });
});

Deno.test("an interrupt belongs to no function that it hits", () => {
  const program = new Program()
    .run("vfs_read", 0)
    // Between a call and the first instruction of what is called.
    .run("vfs_read", 1, call)
    .run("asm_common_interrupt", 0, call)
    .run("nvme_irq", 0, ret)
    .run("asm_common_interrupt", 1, iret)
    .run("bio_put", 0, ret)
    .run("vfs_read", 2, ret);
  assertEquals(program.inclusive(), {
    nvme_irq: 1,
    asm_common_interrupt: 3,
    bio_put: 1,
    vfs_read: 4,
  });
});

Deno.test("sleeping is no part of what slept, and other tasks are not either", () => {
  const program = new Program()
    .run("vfs_read", 0, call)
    .run("__schedule", 0)
    .switchTo(IDLE)
    // The idle task, at the end of a __schedule() of its own.
    .run("__schedule", 9, ret)
    .run("submit_bio", 5)
    .run("__schedule", 0)
    .switchTo(OWN)
    .run("__schedule", 9, ret)
    .run("vfs_read", 1, ret);
  assertEquals(program.inclusive(), { vfs_read: 2 });
});
