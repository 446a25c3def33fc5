import { assertEquals } from "@std/assert";
import { scsiOperation } from "../../../sim/workload/scsi_operation.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";

Deno.test("scsiOperation() knows the reads, writes and flushes of SBC-4", () => {
  const cases: [number[], number][] = [
    [[0x08, 0x28, 0xa8, 0x88], WINDOW_OP.read], // READ 6, 10, 12, 16
    [[0x0a, 0x2a, 0xaa, 0x8a], WINDOW_OP.write], // WRITE 6, 10, 12, 16
    [[0x2e, 0xae, 0x8e], WINDOW_OP.write], // WRITE AND VERIFY 10, 12, 16
    [[0x35, 0x91], WINDOW_OP.flush], // SYNCHRONIZE CACHE 10, 16
  ];
  for (const [codes, operation] of cases) {
    for (const code of codes) assertEquals(scsiOperation(code), operation);
  }
  assertEquals(scsiOperation(0x00), "SCSI command 0x00");
  assertEquals(scsiOperation(0x42), "SCSI command 0x42"); // UNMAP
});
