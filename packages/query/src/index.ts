export * from './access/access-of'
export * from './access/admin-access'
export * from './access/explain-access'
export { type Guard, isGuard, type Verdict } from './access/guard'
export * from './access/role-permissions'
export { checkRules, rulesOf, ruleWarnings } from './access/schema-rules'
export { decideUpdate, type Transition, UNRULED, type UpdateRules } from './access/update-decision'
export {
  ANONYMOUS_FACTS,
  type AuthFacts,
  type CelDocument,
  type CelEnvironment,
  type CelFacts,
  type RequestFacts,
} from './cel/cel-environment'
export { CelError } from './cel/cel-error'
export { type CelScope, ruleScope } from './cel/cel-scope'
export { type CheckedCel, checkCondition } from './cel/check-cel'
export { compileToPredicate, type Truth } from './cel/compile-predicate'
export { type CompiledSql, compileToSql, type SqlBinding, type SqlFacts } from './cel/compile-sql'
export { bound, type DeferredSql } from './cel/deferred-sql'
export { compareText } from './compare-text'
export { compileGet } from './compile-get'
export { type CompiledList, compileList, type ListPage } from './compile-list'
export { type CelCondition, type Comparison, type Condition, EVERYTHING } from './condition'
export { conditionPredicate, type JsonDocument, type PredicateScope } from './condition-predicate'
export { compileCondition } from './condition-sql'
export { documentJson } from './document-json'
export { documentText } from './expand-budget'
export type { FieldPath, ForwardRelation } from './field-path'
export { jsonOfColumn } from './json-column'
export { jsonEqual } from './json-equal'
export { comparableJson, jsonElements } from './json-text'
export { LIMITS } from './limits'
export type { GetQuery, ListQuery } from './list-query'
export { compileLive, type LiveStatements, listParams, type Membership } from './live/compile-live'
export type { LiveTerm, TermsFor } from './live/compile-terms'
export {
  collectionsShown,
  type LiveDependencies,
  liveDependencies,
  type ShownReference,
} from './live/live-dependencies'
export { isRange, type LiveRange, type LiveRoute, liveRoute } from './live/live-route'
export { type LiveParameters, parseLiveQuery } from './live/parse-live-query'
export { parseGetQuery, parseListQuery } from './parse-list-query'
export type { SortKey } from './parse-sort'
export type { WhereScope } from './parse-where'
export type { Expansion, Projection } from './projection'
export { type FieldAccess, READ_ALL, type ReadAccess, type RowAccess } from './read-access'
export { SQL_FUNCTIONS, type SqlFunction } from './sql-functions'
export { toStored } from './stored-value'
