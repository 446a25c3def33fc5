import { assert, assertEquals, assertRejects } from "@std/assert";
import { openFileSource } from "../../../bench/files/file_source.ts";
import { readBtf } from "../../../sim/kernel/btf.ts";
import { btfPahole } from "../../../sim/kernel/btf_pahole.ts";
import { notRun, run } from "../../layouts/run_tool.ts";

const KERNEL = new URL("../../data/btf/6.1.0-50-s390x.btf", import.meta.url);

Deno.test("openFileSource() reads parts of a file", async () => {
  using source = await openFileSource(KERNEL.pathname);
  const whole = await Deno.readFile(KERNEL);
  assertEquals(source.sizeBytes, whole.length);
  assertEquals(await source.read(100, 50), whole.slice(100, 150));
  assertEquals((await source.read(whole.length - 3, 10)).length, 3);
  const btf = await readBtf(source);
  assertEquals(btf.littleEndian, false);
});

Deno.test("openFileSource() takes regular files only", async () => {
  await assertRejects(
    () => openFileSource("/dev/zero"),
    RangeError,
    "Cannot read /dev/zero: it is not a regular file, expected one",
  );
  await assertRejects(
    () => openFileSource("/nowhere/vmlinux"),
    Deno.errors.NotFound,
  );
});

Deno.test("btfPahole() prints the running kernel's structs as pahole does, where it offers its BTF", async () => {
  const file = "/sys/kernel/btf/vmlinux";
  try {
    await Deno.stat(file);
  } catch {
    return notRun(file);
  }
  using source = await openFileSource(file);
  const btf = await readBtf(source);
  for (const name of ["bio", "request", "page", "task_struct"]) {
    const printed = await run("pahole", ["-F", "btf", "-C", name, file]);
    if (printed === undefined) return notRun("pahole");
    assert(printed.success);
    assertEquals(btfPahole(btf, name), printed.out);
  }
});
