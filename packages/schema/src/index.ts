export { type AdoptedDatabase, adoptDatabase } from './adoption/adopt-database'
export type { Finding } from './adoption/adopt-table'
export { isCalendarDate } from './calendar-date'
export * from './catalog'
export { clientName, clientNameWarnings, DOCUMENT_TYPE_SUFFIXES, documentTypeName } from './client-names'
export * from './ddl'
export * from './document-json-schema'
export { type EditedSchema, editSchema, type RenameInRules, SchemaEditError } from './edit/edit-schema'
export type { SchemaEdit, SchemaIntent, SchemaRename } from './edit/schema-edit'
export { normalizeEmail, parseEmail } from './email-address'
export { numberRange } from './field-validation'
export type { JsonSchema } from './file/file-key'
export { schemaFileSchema } from './file/schema-file-schema'
export { isEmail, isStorableText, isUuid } from './formats'
export { type LoggedCollection, loggedTable } from './logged-table'
export type { AppliedOperations, OperationProblem } from './migration/apply-operations'
export { CannotKeep } from './migration/cannot-keep'
export { diffSchemas } from './migration/diff-schemas'
export { type Change, type Difference, formatHint, type RenameHint, type Subject } from './migration/difference'
export { confirmDraft, lossesOf, markDraft, withoutConfirmation } from './migration/draft-mark'
export { applyRenames, comment, type DraftOptions, draftMigration } from './migration/draft-migration'
export {
  type Migration,
  type MigrationOperation,
  type ParsedMigration,
  parseMigration,
  runsOwnSql,
} from './migration/migration-file'
export { checkFailure, type MigrationStep, type PlanPart, type PreservedObject } from './migration/migration-step'
export { type PlanMigrationOptions, planMigration } from './migration/plan-migration'
export {
  type MigrationFilePlan,
  type PlanFileOptions,
  type PlannedMigration,
  type PlannedMigrations,
  planMigrationFile,
  planPendingMigrations,
} from './migration/plan-migration-file'
export { type PlannedRollback, planRollback, type RollbackOptions } from './migration/plan-rollback'
export type { Reversibility } from './migration/reversibility'
export * from './model'
export { NAME } from './names'

export { signatureOf } from './parse-definitions'
export { type ParsedSchema, parseSchema } from './parse-schema'
export { compilePattern, type Pattern, patternProblem, patternSize } from './pattern'
export { printSchema } from './print-schema'
export { formatProblem, type ProblemList, problemList } from './problems'
export { type Relation, relationsOf } from './relations'
export { deserializeSchema, emptySchema, serializeSchema } from './serialize-schema'
export { describe, type Options, positionIn, readChoice, readList, readMap, readOptions, readText } from './shape'
export { didYouMean } from './suggest'
export { isIndexed, suggestIndex } from './suggest-index'
export { parseTimestamp } from './timestamp'
export { isUsers, USERS } from './users'
