/** The kernel's tasks and their stacks, found in the guest's memory. */
import { FoundObjects } from "./found_objects.ts";
import { type KernelData, KernelObject, listed } from "./kernel_object.ts";
import type { Places } from "./places.ts";

const THREAD_BYTES = 16 << 10;

/** @returns The `task_struct` of the guest program; 0 if not found. */
export function addTasks(data: KernelData, places: Places): number {
  const found = new FoundObjects(places);
  const at = data.symbols.find("init_task");
  const init = new KernelObject(data, "task_struct", at);
  const tasks = listed(data, "task_struct", {
    head: init.address("tasks"),
    link: "tasks",
  });
  let own: KernelObject | undefined;
  for (const task of [...tasks, init]) {
    const isOwn = task.word("pid") === 1;
    if (isOwn) own = task;
    found.add(task, isOwn ? "task_struct" : "task_struct (other)");
    const name = isOwn ? "stack task" : "stack other task";
    found.bytes(task.pointer("stack"), name, THREAD_BYTES);
  }
  if (own !== undefined) found.add(own.to("mm", "mm_struct"));
  return own?.at ?? 0;
}
