export type {
  Explanation,
  ExplanationDocument,
  ExplanationPart,
  ExplanationRule,
  ExplanationSql,
} from './explain/explanation'
export type { OpenSandbox, RuleSandbox, RulesContext } from './rules-context'
export { rulesRoutes } from './rules-routes'
export type { CaseReport, FileReport, TestSource } from './run/run-test-file'
export { runTests, type TestReport } from './run/run-tests'
