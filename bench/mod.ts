/**
 * Measure, compare, tell: experiments, verdicts, result files and reports.
 *
 * @module
 */
export {
  captureEnvironment,
  type CpuCache,
  type Environment,
  type ReadText,
} from "./experiment/environment.ts";
export {
  type CellComparison,
  type CompareOptions,
  compareResults,
  type LayoutComparison,
  type OnlyIn,
  type ResultComparison,
} from "./experiment/compare_results.ts";
export { type DifferingKey } from "./experiment/likeness.ts";
export {
  type Progress,
  type RoundsOptions,
  type RoundsResult,
  runRounds,
} from "./experiment/run_rounds.ts";
export {
  type ContenderSummary,
  type PlannedRounds,
  type Sample,
  summarise,
  type Summary,
  type SummaryOptions,
} from "./experiment/summarise.ts";
export { type LabWarning } from "./experiment/warning.ts";
export { readResult, readResultFile } from "./read_result.ts";
export { type Exporter, type RenderOptions } from "./report/exporter.ts";
export { type Breakdown } from "./report/breakdown_text.ts";
export { exporters, pages } from "./report/registry.ts";
export {
  type FootprintFigures,
  type Interval,
  type LabResult,
  RESULT_SCHEMA_VERSION,
  type ResultAgreement,
  type ResultCell,
  type ResultColdTime,
  type ResultCounts,
  type ResultFootprint,
  type ResultHarness,
  type ResultInput,
  type ResultIos,
  resultJsonSchema,
  type ResultLayout,
  type ResultLeftOut,
  type ResultMachineCode,
  type ResultMachineCodeBuild,
  type ResultModelled,
  type ResultModelledLevel,
  type ResultModelledStretch,
  type ResultNoiseFloor,
  type ResultSample,
  type ResultSamples,
  type ResultTiming,
  type ResultWarmUp,
  TOOL_NAME,
  type TouchedPerIo,
  type Verdict,
} from "./result.ts";
export {
  type ResultGroup,
  type ResultGroupShape,
  type ResultLatency,
  type ResultScaling,
  type ResultSharedLines,
  type ResultSharing,
  type ResultSizes,
  type ResultWorkers,
} from "./workers/group_types.ts";
export { type CompleteOn } from "./workers/group_shape.ts";
export { type Engine, type EngineChoice } from "./run/engine_choice.ts";
export { type IsolateOptions } from "./run/isolates.ts";
export { type LabRunOptions } from "./run/options.ts";
export { type LayoutChoice } from "./run/run_layouts.ts";
export { type CellContender, type CellPlan } from "./run/cell_plan.ts";
export { type ResumeFrom } from "./run/resume.ts";
export { type LabRun, type LabRunEvents, runLab } from "./run/run_lab.ts";
export {
  type ResultFaultRule,
  type ResultSimulatedLayout,
  type ResultSimulation,
  type SimulatedLatency,
} from "./simulate/result_types.ts";
export { type OpenArrivals, type SimulationSetup } from "./simulate/setup.ts";
export type { CountChoice } from "./native/count/machine_code.ts";
