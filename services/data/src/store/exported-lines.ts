import { joinOperands, quoteText } from '@koyalite/contracts'
import type { DeferredSql } from '@koyalite/query'
import type { Field } from '@koyalite/schema'

export const EXPORT_FORMATS = ['csv', 'tsv', 'json', 'ndjson'] as const

export interface ExportedLines {
  /** Rows: a document's JSON text, then `sortKeys` columns, in the order of the file. */
  readonly documents: DeferredSql
  readonly sortKeys: number
  readonly format: (typeof EXPORT_FORMATS)[number]
  /** The columns, in their order. */
  readonly fields: readonly Field[]
  /** Puts a quote before texts that spreadsheets would run as formulas. */
  readonly escapesFormulas: boolean
}

/** The text of a file, as the first columns of the rows of statements that are read one after the other. */
export function exportedLines(lines: ExportedLines): readonly DeferredSql[] {
  const { format, fields } = lines
  switch (format) {
    case 'ndjson':
      return [selectLines(lines, `"doc" || char(10)`)]
    case 'json': {
      const separated = `CASE WHEN row_number() OVER () = 1 THEN '' ELSE ',' || char(10) END || "doc"`
      return [constant('[\n'), selectLines(lines, separated), constant('\n]\n')]
    }
    case 'csv':
    case 'tsv': {
      const delimiter = DELIMITERS[format]
      const header = fields.map(({ name }) => (/[",\t\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
      const line = joinOperands(
        fields.map((field) => cell(field, lines.escapesFormulas)),
        ` || ${delimiter} || `,
      )
      return [constant(`${header.join(format === 'csv' ? ',' : '\t')}\n`), selectLines(lines, `${line} || char(10)`)]
    }
  }
}

const DELIMITERS = { csv: `','`, tsv: 'char(9)' } as const

function constant(text: string): DeferredSql {
  return { text: 'SELECT ?', params: [text] }
}

function selectLines({ documents, sortKeys }: ExportedLines, line: string): DeferredSql {
  const columns = ['"doc"', ...Array.from({ length: sortKeys }, (_, index) => `"k${index}"`)].join(', ')
  return {
    text: `WITH "exported" (${columns}) AS (${documents.text}) SELECT ${line} FROM "exported"`,
    params: documents.params,
  }
}

/** As `koyalite db dump` writes it, and imports read it: an empty cell is null, `""` an empty text, `\N` null where there is a default. */
function cell(field: Field, escapesFormulas: boolean): string {
  const path = quoteText(`$."${field.name}"`)
  const none = quoteText(field.default === undefined ? '' : '\\N')
  return `CASE coalesce(json_type("doc", ${path}), 'null') WHEN 'null' THEN ${none} ELSE ${cellText(field, path, escapesFormulas)} END`
}

function cellText({ type }: Field, path: string, escapesFormulas: boolean): string {
  const quoted = (text: string) => `'"' || replace(${text}, '"', '""') || '"'`
  // What stands in the JSON text: numbers keep all of their digits.
  const json = `("doc" -> ${path})`
  const text = `("doc" ->> ${path})`
  switch (type) {
    case 'bool':
    case 'int':
    case 'float':
      return `CASE json_type("doc", ${path}) WHEN 'text' THEN ${quoted(text)} ELSE ${json} END`
    case 'json':
      return quoted(json)
    case 'string':
    case 'text':
      return quoted(escapesFormulas ? `(CASE WHEN ${isFormula(text)} THEN '''' ELSE '' END || ${text})` : text)
    default:
      return quoted(text)
  }
}

/** With quotes before it too: so that taking one away again makes every text what it was. */
function isFormula(text: string): string {
  return `substr(ltrim(${text}, ''''), 1, 1) IN ('=', '+', '-', '@', char(9), char(13))`
}
