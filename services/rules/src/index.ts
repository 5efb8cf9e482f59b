export type {
  Explanation,
  ExplanationDocument,
  ExplanationPart,
  ExplanationRule,
  ExplanationSql,
} from './explain/explanation'
export { rulesRoutes } from './http/rules-routes'
export type { OpenSandbox, RuleSandbox, RulesContext } from './rules-context'
export type { CaseReport, FileReport, TestSource } from './run/run-test-file'
export { runTests, type TestReport } from './run/run-tests'
