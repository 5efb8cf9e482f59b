import type { Completion } from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import type { CodeCompletion, CodeLanguage } from './code-editor'

export type Tables = Readonly<Record<string, readonly CodeCompletion[]>>

/** The grammar of a language; each is loaded with the first text in it. */
export async function loadLanguage(language: CodeLanguage, tables: Tables): Promise<Extension> {
  switch (language) {
    case 'sql': {
      const { sql, SQLite } = await import('@codemirror/lang-sql')
      return sql({ dialect: SQLite, upperCaseKeywords: true, schema: schemaOf(tables) })
    }
    case 'yaml':
      return (await import('@codemirror/lang-yaml')).yaml()
    case 'json':
      return (await import('@codemirror/lang-json')).json()
    case 'cel':
      return (await import('./cel-language')).CEL
  }
}

function schemaOf(tables: Tables): Record<string, readonly Completion[]> {
  return Object.fromEntries(
    Object.entries(tables).map(([table, columns]) => [
      // A dot in a name is part of it, not a path.
      table.replaceAll('\\', '\\\\').replaceAll('.', '\\.'),
      columns.map(({ label, detail, info }) => ({
        label,
        type: 'property',
        ...(detail !== undefined && { detail }),
        ...(info !== undefined && { info }),
      })),
    ]),
  )
}
