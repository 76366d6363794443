// The public surface: what `import ... from 'remuster'` gives to scenarios, configuration files and programs.
export { defineConfig, defineScenario } from './scenario/define.js';
export type { ConfigFile, EnvironmentInput, ScenarioFile } from './scenario/define.js';
export { EXIT, HarnessError } from './core/errors.js';
export type { ErrorCode, ExitCode } from './core/errors.js';
export type { Plan } from './plan/plan.js';
export type { EnvironmentResult, Finding, Receipt, RunResult } from './verdict/model.js';
