export {
  type Access,
  accessOf,
  accessOfClass,
  type DeniedDocument,
  NO_DOCUMENT,
  type RequestContext,
} from './access/access-of'
export { type CallerCondition, compileCallerCondition } from './access/caller-condition'
export {
  checkExpression,
  type ExpressionPlace,
  type ExpressionProblem,
  scopeAt,
} from './access/check-expression'
export {
  compileEventCondition,
  type EventCondition,
  type EventPlace,
  eventConditionProblem,
} from './access/event-condition'
export * from './access/explain-access'
export { type Guard, isGuard, type Verdict } from './access/guard'
export { ownerFields } from './access/owner-fields'
export { type FieldAccess, READ_ALL, type ReadAccess, type RowAccess } from './access/read-access'
export { renameInRules } from './access/rename-in-rules'
export { checkRules, hasUsableRules, rulesOf, ruleWarnings } from './access/schema-rules'
export { schemaWarnings } from './access/schema-warnings'
export { decideUpdate, type Transition, UNRULED, type UpdateDecision, type UpdateRules } from './access/update-decision'
export { type AdvisedAggregate, adviseAggregate } from './advice/advise-aggregate'
export { type AdviceOptions, adviseList, type ListAdvice } from './advice/advise-list'
export type { ListReads } from './advice/evaluate-plans'
export type { AdvisedList } from './advice/list-statements'
export { queryShape } from './advice/query-shape'
export { AGGREGATE_FUNCTIONS, type AggregateQuery, isAggregate } from './aggregate/aggregate-query'
export { compileAggregate, readGroups } from './aggregate/compile-aggregate'
export { parseAggregateQuery } from './aggregate/parse-aggregate'
export { TIME_BUCKETS } from './aggregate/time-bucket'
export type { CelScope } from './cel/check/cel-scope'
export type { CheckedCel } from './cel/check/check-cel'
export { type Completion, type Completions, completeCel } from './cel/check/complete-cel'
export {
  ANONYMOUS_FACTS,
  type AuthFacts,
  type CelDocument,
  type CelEnvironment,
  type CelFacts,
  type OpenFacts,
  type RequestFacts,
} from './cel/memory/cel-environment'
export type { CompiledSql, SqlBinding, SqlFacts } from './cel/sql/compile-sql'

export { compareText } from './filter/compare-text'
export { type CelCondition, type Comparison, type Condition, EVERYTHING } from './filter/condition'

export type { FieldPath, ForwardRelation } from './filter/field-path'
export { parseFieldValues } from './filter/field-values'
export { parseWhere, type WhereScope } from './filter/parse-where'
export { checkedParams } from './filter/where-params'
export { compileGet } from './list/compile-get'
export { type CompiledList, compileList, compileMatching, type ListPage, type MatchingQuery } from './list/compile-list'
export { documentJson } from './list/document-json'
export { documentText } from './list/expand-budget'
export { LIMITS } from './list/limits'
export type { GetQuery, ListQuery } from './list/list-query'
export { parseGetQuery, parseListQuery } from './list/parse-list-query'
export type { SortKey } from './list/parse-sort'
export { compilePositions, POSITION_STEP } from './list/position-map'
export { type Expansion, type Projection, previewed } from './list/projection'
export { partsOfTagged } from './list/tagged-document'
export { compileLive, type LiveStatements, listParams, type Membership } from './live/compile-live'
export type { LiveTerm, TermsFor } from './live/compile-terms'
export {
  collectionsShown,
  type LiveDependencies,
  liveDependencies,
  type ShownReference,
} from './live/live-dependencies'
export { isRange, type LiveRange, type LiveRoute, liveRoute } from './live/live-route'
export {
  type LiveParameters,
  type LiveScope,
  parseFollowedList,
  parseLiveAggregate,
  parseLiveQuery,
} from './live/parse-live-query'
export { bound, type DeferredSql } from './sql/deferred-sql'
export { jsonOfColumn } from './sql/json-column'
export { jsonMatcher } from './sql/json-equal'
export { comparableJson, jsonElements } from './sql/json-text'
export { SQL_FUNCTIONS, type SqlFunction } from './sql/sql-functions'
export { toStored } from './sql/stored-value'
