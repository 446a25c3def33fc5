/** Values that functions of several kinds take. */
import * as lab from "../entries.ts";

export const lp64 = lab.findAbi("lp64");
export const map = lab.defaultMemoryMap(true);
export const limits = lab.QUEUE_LIMIT_PRESETS.nvme_prp;
export const layout = lab.findLayout("phys_len");
export const cpu = lab.cpuPreset("zen4");
export const model = {
  kind: "channels",
  channels: 2,
  service: { kind: "det", meanNs: 100 },
};
