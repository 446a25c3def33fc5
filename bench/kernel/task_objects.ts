/** The kernel's tasks and their stacks, found in the guest's memory. */
import { type KernelData, Members } from "./members.ts";
import type { Places } from "./places.ts";

const THREAD_BYTES = 16 << 10;

/** @returns The `task_struct` of the guest program; 0 if not found. */
export function addTasks(data: KernelData, places: Places): number {
  const members = new Members(data);
  const taskBytes = data.types.sizeOf("task_struct") ?? 0;
  const init = data.symbols.find("init_task");
  const head = members.address(init, "task_struct", "tasks");
  let own = 0;
  const tasks = [...members.list(head, "task_struct", "tasks")];
  if (init !== undefined) tasks.push(init);
  for (const task of tasks) {
    const isOwn = members.word(task, "task_struct", "pid") === 1;
    if (isOwn) own = task;
    places.add({
      from: task,
      to: task + taskBytes,
      name: isOwn ? "task_struct" : "task_struct (other)",
      type: "task_struct",
    });
    const stack = members.pointer(task, "task_struct", "stack");
    if (stack === undefined) continue;
    places.add({
      from: stack,
      to: stack + THREAD_BYTES,
      name: isOwn ? "stack task" : "stack other task",
    });
  }
  const mm = members.pointer(own || undefined, "task_struct", "mm");
  const mmBytes = data.types.sizeOf("mm_struct") ?? 0;
  if (mm !== undefined) {
    places.add({
      from: mm,
      to: mm + mmBytes,
      name: "mm_struct",
      type: "mm_struct",
    });
  }
  return own;
}
