import { assertEquals } from "@std/assert";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import {
  isRetried,
  NVME_SC,
  NVME_STATUS_DNR,
  nvmeErrorStatus,
} from "../../../sim/nvme/status.ts";

Deno.test("nvmeErrorStatus() maps as nvme_error_status() does", () => {
  // drivers/nvme/host/core.c; whatever is not in its switch is IOERR.
  const named: [keyof typeof NVME_SC, number][] = [
    ["success", BLK_STS.ok],
    ["cap_exceeded", BLK_STS.nospc],
    ["lba_range", BLK_STS.target],
    ["cmd_interrupted", BLK_STS.target],
    ["ns_not_ready", BLK_STS.target],
    ["invalid_field", BLK_STS.notsupp],
    ["write_fault", BLK_STS.medium],
    ["access_denied", BLK_STS.medium],
    ["guard_check", BLK_STS.protection],
    ["invalid_pi", BLK_STS.protection],
    ["reservation_conflict", BLK_STS.reservationConflict],
    ["host_path_error", BLK_STS.transport],
    ["data_xfer_error", BLK_STS.ioerr],
    ["internal", BLK_STS.ioerr],
    ["abort_requested", BLK_STS.ioerr],
    ["host_aborted", BLK_STS.ioerr],
  ];
  for (const [name, status] of named) {
    assertEquals(nvmeErrorStatus(NVME_SC[name]), status, name);
  }
  // Only type and code matter: more, retry delay and DNR do not.
  assertEquals(
    nvmeErrorStatus(NVME_SC.read_error | NVME_STATUS_DNR | 1 << 13 | 3 << 11),
    BLK_STS.medium,
  );
});

Deno.test("isRetried() forgives five errors, none with DNR", () => {
  assertEquals(isRetried(NVME_SC.success, 0), false);
  assertEquals(isRetried(NVME_SC.internal, 4), true);
  assertEquals(isRetried(NVME_SC.internal, 5), false);
  assertEquals(isRetried(NVME_SC.internal | NVME_STATUS_DNR, 0), false);
});
