import { Badge } from '../../kit/badge'
import { CodeBlock } from '../../kit/code-block'
import { ListTable } from '../../kit/list-table'
import { type JsonSchema, jsonSchemaFrom, resolved } from './json-schema'
import { marksOf, typeText } from './schema-marks'

/** What a function takes or returns: its fields, and the schema in full. */
export function SchemaReference({ title, schema }: { readonly title: string; readonly schema: unknown }) {
  const root = jsonSchemaFrom(schema)
  const fields = root === null ? [] : fieldsOf(root)
  const id = title.toLowerCase()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <h2 id={id} className="text-title font-semibold">
        {title}
      </h2>
      {root === null && <p className="text-text-2">It declares none: anything goes.</p>}
      {root !== null && fields.length === 0 && <p className="text-text-2">{typeText(root, root)}</p>}
      {root !== null && fields.length > 0 && (
        <ListTable
          label={`Fields: ${id}`}
          rows={fields}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Field', cell: ({ name }) => <code className="font-mono text-code">{name}</code> },
            {
              name: 'Type',
              cell: ({ schema: field }) => <span className="whitespace-nowrap">{typeText(field, root)}</span>,
            },
            { name: 'Value', cell: (field) => <Marks of={field} /> },
          ]}
        />
      )}
      {root !== null && (
        <details>
          <summary className="cursor-pointer text-text-2 hover:text-text">JSON Schema</summary>
          <div className="pt-2">
            <CodeBlock label={`JSON Schema: ${id}`} text={JSON.stringify(root, null, 2)} />
          </div>
        </details>
      )}
    </section>
  )
}

interface Field {
  readonly name: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
}

function fieldsOf(root: JsonSchema): readonly Field[] {
  const { properties = {}, required = [] } = resolved(root, root)
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, schema: resolved(schema, root), isRequired: required.includes(name) },
  }))
}

function Marks({ of: { schema, isRequired } }: { readonly of: Field }) {
  return (
    <div className="min-w-[200px] py-1.5">
      <span className="flex flex-wrap gap-1">
        {marksOf(schema, isRequired).map((mark) => (
          <Badge key={mark}>{mark}</Badge>
        ))}
      </span>
      {schema.description !== undefined && <p className="text-text-2">{schema.description}</p>}
    </div>
  )
}
