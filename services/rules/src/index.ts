export { explainOperation, plainRequest } from './explain/explain-operation'
export type {
  Explanation,
  ExplanationDocument,
  ExplanationPart,
  ExplanationRule,
  ExplanationSql,
} from './explain/explanation'
export { accessMatrix } from './matrix/access-matrix'
export type { Matrix, MatrixCell } from './matrix/matrix'
export type { OpenSandbox, RuleSandbox, RulesContext } from './rules-context'
export { type LoadedRules, type RulesNeeds, rulesService } from './rules-service'
export { projectTests } from './run/project-tests'
export type { CaseReport, FileReport, TestSource } from './run/run-test-file'
export { runTests, type TestReport } from './run/run-tests'
export { renameInTestFile } from './test-file/rename-in-test-file'
