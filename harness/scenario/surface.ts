// What `import ... from 'remuster'` gives to scenarios and configuration files; programs get the library beside it.
export { defineConfig, defineScenario } from './define.js';
export type { ConfigFile, EnvironmentInput, ScenarioFile } from './define.js';
export { EXIT, HarnessError } from '../core/errors.js';
export type { ErrorCode, ExitCode } from '../core/errors.js';
export type { Plan } from '../plan/plan.js';
export type { EnvironmentResult, Finding, Receipt, RunResult } from '../verdict/model.js';
