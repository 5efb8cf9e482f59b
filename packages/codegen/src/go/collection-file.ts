import type { FieldType } from '@koyalite/schema'
import type { GoCollection, GoEnum, GoField, GoRelation } from './go-model'
import { RAW } from './json-types'
import { aligned, alignedPairs, comment, quoted } from './source-text'

/** The types of one collection, its fields, and how its documents are read. */
export function collectionFile(collection: GoCollection): string {
  const { relations, enums, structs } = collection
  const parts = [
    documentType(collection),
    ...(relations.length > 0 ? [expandedType(collection)] : []),
    createType(collection),
    updateTypes(collection),
    fieldsVariable(collection),
    ...(relations.some(({ source }) => !source.many) ? [referencesVariable(collection)] : []),
    ...enums.map(enumType),
    ...structs,
    methods(collection),
    `// What this client knows of ${collection.name}.\nconst ${hashName(collection)} schemaHash = 0x${collection.hash}\n`,
  ]
  const body = parts.join('\n')
  return `package koyalite\n\n${imports(body)}${body}`
}

/** What a file has to import. */
export function imports(body: string): string {
  const code = body.replace(/^\s*\/\/.*$/gm, '')
  const used = [
    ['context', 'context.'],
    ['encoding/json', 'json.'],
    ['time', 'time.'],
  ].filter(([, word = '']) => code.includes(word))
  const lines = used.map(([path = '']) => `\t${quoted(path)}\n`).join('')
  return lines === '' ? '' : `import (\n${lines})\n\n`
}

function documentType({ name, description, type, fields, relations }: GoCollection): string {
  const own = [
    ...(relations.length === 0
      ? []
      : [
          {
            comment: '\n\t// Expanded has the documents of relations that were expanded.\n',
            columns: ['Expanded', `${type}Expanded`, '`json:"-"`'],
          },
        ]),
    {
      comment: '\n\t// Extra has what this client does not know: fields of a newer schema, values of another type.\n',
      columns: ['Extra', `map[string]${RAW}`, '`json:"-"`'],
    },
    { comment: '\n', columns: ['loaded', 'loaded'] },
  ]
  const rows = fields.map(({ source, name, inDocument }) => ({
    comment: comment(source.description, '\t'),
    columns: [name, inDocument, `\`json:"${source.name}${inDocument.startsWith('Opt[') ? ',omitzero' : ''}"\``],
  }))
  const head = `// ${type} is a document of ${name}.\n`
  const more = comment(description)
  return `${head}${more === '' ? '' : `//\n${more}`}type ${type} struct {\n${aligned([...rows, ...own])}}\n`
}

function expandedType({ type, relations }: GoCollection): string {
  const rows = relations.map((relation) => ({ columns: [relation.name, relatedType(relation)] }))
  return `// ${type}Expanded has the documents of relations: nil where they were not asked for, or cannot be read.
type ${type}Expanded struct {\n\texpansion\n${aligned(rows).replace(/^/, '\n')}}\n`
}

function relatedType({ source, target }: GoRelation): string {
  return source.many ? `[]*${target}` : `*${target}`
}

function createType({ name, type, fields }: GoCollection): string {
  const rows = fields.map(({ source, name, value }) => ({
    columns: [
      name,
      source.required ? value : `Opt[${value}]`,
      `\`json:"${source.name}${source.required ? '' : ',omitzero'}"\``,
    ],
  }))
  return `// ${type}Create is a new document of ${name}. What is left out gets its default.
type ${type}Create struct {\n${aligned(rows)}}\n`
}

function updateTypes(collection: GoCollection): string {
  const { name, member, type } = collection
  return `// ${type}Update is what ${member}.Update takes: changes of fields, and options of the call.
type ${type}Update interface {
	UpdateArgument
	is${type}Update()
}

// ${type}Change is a change of one field.
type ${type}Change struct{ change }

${emptyFunction(`func (${type}Change) is${type}Update()`)}

${emptyFunction(`func (CallOption) is${type}Update()`)}

// ${type}Collection reads and writes documents of ${name}.
type ${type}Collection = Collection${typeArguments(collection)}
`
}

/** On one line, where gofmt finds that it has room. */
function emptyFunction(head: string): string {
  return head.length <= 100 ? `${head} {}` : `${head} {\n}`
}

/** Of the constant that has the hash of a collection. */
export function hashName({ type }: GoCollection): string {
  return `hashOf${type}`
}

/** Of what is generic over a collection: `[Post, string, PostCreate, PostUpdate]`. */
export function typeArguments({ type, key }: GoCollection): string {
  return `[${type}, ${key.value}, ${type}Create, ${type}Update]`
}

function fieldsVariable({ name, type, fields }: GoCollection): string {
  const rows = fields.map((field) => ({
    comment: comment(field.source.description, '\t'),
    columns: [field.name, fieldType(field, type).type],
  }))
  const pairs = fields.map((field) => [field.name, fieldValue(field, type)] as const)
  return `// ${type}Fields are the fields of ${name}, for conditions, changes and sort keys.
var ${type}Fields = struct {\n${aligned(rows)}}{\n${alignedPairs(pairs)}}\n`
}

/** A literal: the name of the field, inside of as many types as have one another inside. */
function fieldValue(field: GoField, document: string): string {
  const { type, isWrapped } = fieldType(field, document)
  const name = quoted(field.source.name)
  return isWrapped ? `${type}{${name}}` : name
}

function fieldType(
  { source, value }: GoField,
  document: string,
): { readonly type: string; readonly isWrapped: boolean } {
  if (source.primary) {
    if (source.type !== 'uuid' && value === 'string') return { type: `TextKeyField[${document}]`, isWrapped: true }
    return { type: `KeyField[${document}, ${value}]`, isWrapped: false }
  }
  const element = source.type === 'json' && value.startsWith('[]') ? value.slice(2) : undefined
  const nullable = source.nullable ? 'Nullable' : ''
  const name = element === undefined ? FIELD_TYPES[source.type] : 'ListField'
  const type = `${nullable}${name}[${document}, ${document}Change, ${element ?? value}]`
  return { type, isWrapped: source.nullable }
}

const FIELD_TYPES = {
  uuid: 'OrderedField',
  string: 'TextField',
  text: 'TextField',
  int: 'NumberField',
  float: 'NumberField',
  bool: 'Field',
  timestamp: 'OrderedField',
  date: 'OrderedField',
  blob: 'BlobField',
  json: 'JSONField',
} as const satisfies Record<FieldType, string>

function referencesVariable({ name, type, relations }: GoCollection): string {
  const own = relations.filter(({ source }) => !source.many)
  const typeOf = ({ target }: GoRelation) => `Reference[${type}, ${target}]`
  const rows = own.map((relation) => ({ columns: [relation.name, typeOf(relation)] }))
  const pairs = own.map((relation) => {
    const { source, name, keyField } = relation
    return [name, `${typeOf(relation)}{${quoted(source.name)}, ${quoted(keyField ?? '')}}`] as const
  })
  return `// ${type}References lead from ${name} to other documents, for conditions on those, and for writes in a batch.
var ${type}References = struct {\n${aligned(rows)}}{\n${alignedPairs(pairs)}}\n`
}

/** A type, its values, and which of them this client knows. */
export function enumType({ type, base, description, values }: GoEnum): string {
  const rows = values.map(({ name, value }) => ({ columns: [name, type, `= ${literal(value)}`] }))
  const names = values.map(({ name }) => name).join(', ')
  return `// ${description} A newer server may send others.
type ${type} ${base}

// Values of ${type}.
const (\n${aligned(rows)})

// IsKnown reports whether this client has a constant for the value.
func (v ${type}) IsKnown() bool {
	switch v {
	case ${names}:
		return true
	}
	return false
}
`
}

function literal(value: string | number): string {
  return typeof value === 'string' ? quoted(value) : String(value)
}

function methods({ type, key, fields, relations }: GoCollection): string {
  const inPlace = new Set(relations.map(({ inPlaceOf }) => inPlaceOf?.field))
  const cases = [
    ...fields.filter((field) => !inPlace.has(field)).map((field) => [field.source.name, `&d.${field.name}`] as const),
    ...relations.map((relation) => [relation.source.name, relationPlace(relation)] as const),
  ]
  const lines = cases.map(([name, place]) => `\tcase ${quoted(name)}:\n\t\treturn ${place}\n`).join('')
  return `// UnmarshalJSON reads a document as the API has it.
func (d *${type}) UnmarshalJSON(data []byte) error {
	return decodeDocument(data, &d.loaded, &d.Extra, d.place)
}

// MarshalJSON writes the document as the API has it: the fields that were loaded, and the relations that were expanded.
func (d ${type}) MarshalJSON() ([]byte, error) {
	return encodeDocument(d, d.loaded, d.Extra, d.place)
}

func (d *${type}) place(name string) any {
	switch name {
${lines}	}
	return nil
}

func (d *${type}) key() any {
	return d.${key.name}
}

func (d *${type}) tag() *string {
	return &d.loaded.etag
}
`
}

function relationPlace({ source, name, target, inPlaceOf }: GoRelation): string {
  const arguments_ = `${quoted(source.name)}, &d.Expanded.${name}, &d.Expanded.expansion`
  const plain = `related[${source.many ? '[]' : ''}*${target}]{${arguments_}}`
  if (inPlaceOf === undefined) return `&${plain}`
  return `&inPlace[${target}]{${plain}, &d.${inPlaceOf.field.name}, ${quoted(inPlaceOf.target)}}`
}
