import { assertEquals } from "@std/assert";
import { PHASES, Phases } from "../../../bench/kernel/phases.ts";
import { Symbols } from "../../../bench/kernel/symbols.ts";
import { INSTRUCTION, IoTrace } from "../../../bench/kernel/trace_reader.ts";

const BASE = 0x7fff_8100_0000;
const NAMES = [
  "submit_bio",
  "asm_common_interrupt",
  "nvme_irq",
  "asm_sysvec_apic_timer_interrupt",
  "__schedule",
  "default_idle",
  "memset_orig",
  "serial8250_interrupt",
  "blk_mq_run_work_fn",
  "handle_softirqs",
] as const;
const at = (name: typeof NAMES[number], byte = 0) =>
  BASE + NAMES.indexOf(name) * 0x100 + byte;
const CURRENT = 0x0880_0001_fb40;
const OWN = 0x0880_0100_0000;
const IDLE = 0x0880_0200_0000;

function phasesOf(trace: IoTrace): Phases {
  const symbols = new Symbols(
    NAMES.map((name) =>
      `${(BigInt(at(name)) + 0xffff_8000_0000_0000n).toString(16)} T ${name}`
    ).join("\n"),
  );
  const phases = new Phases({ symbols, currentTask: CURRENT, ownTask: OWN });
  phases.mark(trace);
  return phases;
}

const named = (phases: Phases, trace: IoTrace) =>
  [...phases.phases.subarray(0, trace.count)].map((phase): string =>
    PHASES[phase] ?? "?"
  );

Deno.test("Phases tells submission, sleep, interrupt in idle, and completion", () => {
  const trace = new IoTrace();
  const run = (address: number, kind = 0) => trace.push(0, address, kind, 0);
  run(at("submit_bio"));
  run(at("__schedule"));
  trace.push(2, CURRENT, 8, IDLE);
  run(at("default_idle"));
  run(at("asm_common_interrupt"));
  run(at("nvme_irq"));
  run(at("asm_common_interrupt", 8), INSTRUCTION.interruptReturn);
  run(at("default_idle", 4));
  trace.push(2, CURRENT, 8, OWN);
  run(at("__schedule", 64), INSTRUCTION.return);
  run(at("submit_bio", 8));
  assertEquals(named(phasesOf(trace), trace), [
    ...["submit", "switch", "switch", "excluded"],
    ...["irq", "irq", "irq", "excluded"],
    ...["excluded", "switch", "finish"],
  ]);
});

Deno.test("Phases leaves out the timer and interrupts of other devices", () => {
  const trace = new IoTrace();
  const run = (address: number, kind = 0) => trace.push(0, address, kind, 0);
  run(at("submit_bio"));
  run(at("asm_sysvec_apic_timer_interrupt"));
  run(at("asm_sysvec_apic_timer_interrupt", 4), INSTRUCTION.interruptReturn);
  run(at("submit_bio", 4));
  run(at("asm_common_interrupt"));
  run(at("serial8250_interrupt"));
  run(at("asm_common_interrupt", 8), INSTRUCTION.interruptReturn);
  run(at("submit_bio", 8));
  assertEquals(named(phasesOf(trace), trace), [
    ...["submit", "excluded", "excluded", "submit"],
    ...["excluded", "excluded", "excluded", "submit"],
  ]);
});

Deno.test("Phases counts nvme's interrupt that hits another one's softirq", () => {
  const trace = new IoTrace();
  const run = (address: number, kind = 0) => trace.push(0, address, kind, 0);
  run(at("submit_bio"));
  run(at("asm_common_interrupt"));
  run(at("serial8250_interrupt"));
  run(at("handle_softirqs"));
  run(at("handle_softirqs", 4));
  run(at("handle_softirqs", 8));
  run(at("asm_common_interrupt"));
  run(at("nvme_irq"));
  run(at("asm_common_interrupt", 8), INSTRUCTION.interruptReturn);
  run(at("handle_softirqs", 12), INSTRUCTION.return);
  run(at("asm_common_interrupt", 8), INSTRUCTION.interruptReturn);
  run(at("submit_bio", 8));
  assertEquals(named(phasesOf(trace), trace), [
    ...["submit", "excluded", "excluded"],
    ...["softirq", "softirq", "softirq", "irq", "irq", "irq", "softirq"],
    ...["excluded", "finish"],
  ]);
});

Deno.test("Phases counts what a worker of kblockd issues for the I/O", () => {
  const trace = new IoTrace();
  const run = (address: number, kind = 0) => trace.push(0, address, kind, 0);
  trace.push(2, CURRENT, 8, IDLE);
  run(at("default_idle"));
  run(at("blk_mq_run_work_fn"));
  run(at("submit_bio"));
  run(at("blk_mq_run_work_fn", 8), INSTRUCTION.return);
  run(at("default_idle"));
  assertEquals(named(phasesOf(trace), trace), [
    ...["submit", "excluded", "submit", "submit", "submit", "excluded"],
  ]);
});

Deno.test("Phases counts a repeated instruction once, and memset as bulk", () => {
  const trace = new IoTrace();
  for (let round = 0; round < 3; round++) {
    trace.push(0, at("submit_bio"), INSTRUCTION.repeated, 0);
    trace.push(2, 0x0880_0000_0000 + round * 8, 8, -1);
  }
  trace.push(0, at("memset_orig"), 0, 0);
  trace.push(2, 0x0880_0000_0100, 8, -1);
  trace.push(0, at("submit_bio", 8), 0, 0);
  trace.push(2, 0x0880_0000_0108, 8, -1);
  const phases = phasesOf(trace);
  assertEquals([...phases.counted.subarray(0, trace.count)], [
    ...[1, 0, 0, 0, 0, 0, 1, 0, 1, 0],
  ]);
  assertEquals([...phases.bulk.subarray(0, trace.count)], [
    ...[0, 1, 0, 1, 0, 1, 0, 1, 0, 0],
  ]);
});
