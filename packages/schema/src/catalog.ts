import { createTableSql, defaultText, indexesOf, STORAGE_TYPE } from './ddl'
import { type Collection, type Field, OPERATIONS, type Schema } from './model'

/** The system tables that describe a project, for introspection. Each statement is harmless where the table is there already. */
export const CATALOG_TABLES = {
  _koyalite_tables: `CREATE TABLE IF NOT EXISTS "_koyalite_tables" (
  "collection" TEXT PRIMARY KEY NOT NULL,
  "table_name" TEXT NOT NULL,
  "description" TEXT,
  "primary_key" TEXT NOT NULL,
  "field_count" INTEGER NOT NULL,
  "index_count" INTEGER NOT NULL,
  "built_in" INTEGER NOT NULL,
  "audit" INTEGER NOT NULL,
  "definition" TEXT NOT NULL
) STRICT`,
  _koyalite_columns: `CREATE TABLE IF NOT EXISTS "_koyalite_columns" (
  "collection" TEXT NOT NULL,
  "field" TEXT NOT NULL,
  "table_name" TEXT NOT NULL,
  "column_name" TEXT NOT NULL,
  "ordinal_position" INTEGER NOT NULL,
  "type" TEXT NOT NULL,
  "data_type" TEXT NOT NULL,
  "enum_name" TEXT,
  "description" TEXT,
  "is_primary" INTEGER NOT NULL,
  "is_unique" INTEGER NOT NULL,
  "is_indexed" INTEGER NOT NULL,
  "is_nullable" INTEGER NOT NULL,
  "is_internal" INTEGER NOT NULL,
  "column_default" TEXT,
  "references_collection" TEXT,
  "references_field" TEXT,
  "on_delete" TEXT,
  "validation" TEXT NOT NULL,
  "read_rule" TEXT,
  "write_rule" TEXT,
  PRIMARY KEY ("collection", "field")
) STRICT`,
  _koyalite_rls_policies: `CREATE TABLE IF NOT EXISTS "_koyalite_rls_policies" (
  "collection" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "operation" TEXT NOT NULL,
  "effect" TEXT NOT NULL,
  "using_expression" TEXT,
  "check_expression" TEXT,
  PRIMARY KEY ("collection", "name", "operation")
) STRICT`,
  _koyalite_functions: `CREATE TABLE IF NOT EXISTS "_koyalite_functions" (
  "name" TEXT PRIMARY KEY NOT NULL,
  "runtime" TEXT NOT NULL,
  "isolation" TEXT,
  "schedule" TEXT,
  "access" TEXT,
  "manifest" TEXT NOT NULL,
  "updated_at" TEXT NOT NULL
) STRICT`,
  _koyalite_migrations: `CREATE TABLE IF NOT EXISTS "_koyalite_migrations" (
  "version" INTEGER PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "checksum" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "schema_before" TEXT NOT NULL,
  "schema_after" TEXT NOT NULL,
  "snapshot" TEXT,
  "applied_at" TEXT NOT NULL,
  "duration_ms" INTEGER NOT NULL
) STRICT`,
} as const

/** The definitions that the expressions of `_koyalite_rls_policies` call; `parameters` is a JSON array of their names. */
export const DEFINITIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_definitions" (
  "name" TEXT PRIMARY KEY NOT NULL,
  "parameters" TEXT NOT NULL,
  "expression" TEXT NOT NULL
) STRICT`

type SchemaTable = '_koyalite_tables' | '_koyalite_columns' | '_koyalite_rls_policies' | '_koyalite_definitions'

export type CatalogRow = Readonly<Record<string, string | number | null>>

/** The rows of the system tables that are derived from the schema alone; they replace the contents of the tables. */
export function catalogRows(schema: Schema): Readonly<Record<SchemaTable, readonly CatalogRow[]>> {
  const collections = [...schema.collections.values()]
  return {
    _koyalite_tables: collections.map((collection) => tableRow(collection, schema)),
    _koyalite_columns: collections.flatMap((collection) =>
      [...collection.fields.values()].map((field, i) => columnRow(collection, field, i + 1)),
    ),
    _koyalite_rls_policies: collections.flatMap(policyRows),
    _koyalite_definitions: [...schema.definitions.values()].map(({ name, parameters, body }) => ({
      name,
      parameters: JSON.stringify(parameters),
      expression: body.source,
    })),
  }
}

function tableRow(collection: Collection, schema: Schema): CatalogRow {
  return {
    collection: collection.name,
    table_name: collection.table,
    description: collection.description ?? null,
    primary_key: collection.primaryKey.name,
    field_count: collection.fields.size,
    index_count: indexesOf(collection).length,
    built_in: collection.name === 'users' ? 1 : 0,
    audit: collection.audit ? 1 : 0,
    definition: createTableSql(collection, schema),
  }
}

function columnRow(collection: Collection, field: Field, position: number): CatalogRow {
  return {
    collection: collection.name,
    field: field.name,
    table_name: collection.table,
    column_name: field.column,
    ordinal_position: position,
    type: field.type,
    data_type: STORAGE_TYPE[field.type],
    enum_name: field.enumName ?? null,
    description: field.description ?? null,
    is_primary: field.primary ? 1 : 0,
    is_unique: field.unique || field.primary ? 1 : 0,
    is_indexed: field.index || field.unique || field.primary ? 1 : 0,
    is_nullable: field.nullable ? 1 : 0,
    is_internal: field.internal ? 1 : 0,
    column_default: defaultText(field) ?? null,
    references_collection: field.references?.collection ?? null,
    references_field: field.references?.field ?? null,
    on_delete: field.references?.onDelete ?? null,
    validation: JSON.stringify(field.validation),
    read_rule: field.read?.source ?? null,
    write_rule: field.write?.source ?? null,
  }
}

/** A short rule is a permit policy without a name; a policy on several operations has a row for each. */
function policyRows(collection: Collection): readonly CatalogRow[] {
  const rules = OPERATIONS.flatMap((operation): CatalogRow[] => {
    const rule = collection.rules[operation]
    if (!rule) return []
    const expressions = { using_expression: rule.source, check_expression: null }
    return [{ collection: collection.name, name: '', operation, effect: 'permit', ...expressions }]
  })
  const policies = collection.policies.flatMap(({ name, on, effect, using, check }) => {
    const expressions = { using_expression: using?.source ?? null, check_expression: check?.source ?? null }
    return on.map((operation): CatalogRow => ({ collection: collection.name, name, operation, effect, ...expressions }))
  })
  return [...rules, ...policies]
}
