export type {
  Explanation,
  ExplanationDocument,
  ExplanationPart,
  ExplanationRule,
  ExplanationSql,
} from './explain/explanation'
export type { OpenSandbox, RuleSandbox, RulesContext } from './rules-context'
export { type LoadedRules, type RulesNeeds, rulesService } from './rules-service'
export type { CaseReport, FileReport, TestSource } from './run/run-test-file'
export { runTests, type TestReport } from './run/run-tests'
