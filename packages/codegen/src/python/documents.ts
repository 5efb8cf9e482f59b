import { collectionHash } from '../schema-hash'
import { field, type PythonCollection, type PythonField, valueType } from './python-collection'
import { bracketed, docstring, quoted } from './source-text'

/** The class of a document. */
export function documentClass({ collection, type, fields, relations, imports }: PythonCollection): string {
  const dataclass = imports.use('dataclasses', 'dataclass')
  const renamed = [
    ...fields
      .filter(({ field: { name }, name: own }) => name !== own)
      .map(({ field: { name }, name: own }) => [own, name]),
    ...relations
      .filter(({ relation, name }) => relation.name !== name)
      .map(({ relation, name }) => [name, relation.name]),
  ]
  const names =
    renamed.length === 0
      ? ''
      : `${bracketed(
          `NAMES: ${imports.use('typing', 'ClassVar')}[${imports.use('collections.abc', 'Mapping')}[${imports.use('builtins', 'str')}, ${imports.use('builtins', 'str')}]] = {`,
          renamed.map(([own = '', name = '']) => `${quoted(own)}: ${quoted(name)}`),
          '}',
          { indent: '    ', display: true },
        )}\n`
  const lines = fields.map((one) => {
    const {
      field: { mayBeAbsent, description, nullable },
      name,
    } = one
    const type = mayBeAbsent && !nullable ? optional(one) : valueType(one)
    return field(name, type, mayBeAbsent ? ' = None' : '') + docstring(description, '    ')
  })
  const expanded = relations.map(
    ({ name, type: target, relation }) =>
      field(name, target, ` = ${imports.use('dataclasses', 'field')}(init=False)`) +
      docstring(`With \`expand("${relation.name}")\`.`, '    '),
  )
  const text = docstring(collection.description, '    ')
  return `@${dataclass}(slots=True, kw_only=True, repr=False, eq=False)
class ${type}(${imports.runtime()}.Document):
${text === '' ? '' : `${text}\n`}${names}${lines.join('')}${expanded.join('')}`
}

/** What may be absent reads as None. */
function optional(one: PythonField): string {
  return valueType({ ...one, field: { ...one.field, nullable: true } })
}

/** What the client must know at run time. */
export function collectionInfo({ collection, type, fields, relations, imports }: PythonCollection): string {
  const runtime = imports.runtime()
  const kinds = fields.filter(({ field: { type } }) => KINDS.includes(type))
  const items = [
    quoted(collection.name),
    type,
    `hash=${quoted(collectionHash(collection))}`,
    ...(collection.key === 'id' ? [] : [`key=${quoted(collection.key)}`]),
    ...record(
      'kinds',
      kinds.map(({ field: { name, type } }) => `${quoted(name)}: ${quoted(type)}`),
    ),
    ...record(
      'relations',
      relations.map(
        ({ relation, name }) =>
          `${quoted(relation.name)}: ${runtime}.Relation(${[relation.collection, name, ...(relation.field === undefined ? [] : [relation.field])].map(quoted).join(', ')})`,
      ),
    ),
  ]
  return `info = ${runtime}.CollectionInfo(\n${items.map((item) => `    ${item},\n`).join('')})\n`
}

const KINDS: readonly string[] = ['timestamp', 'date', 'blob', 'int', 'float']

function record(name: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return []
  const text = bracketed(`${name}={`, entries, '},', { indent: '    ', display: true })
  return [text.trim().slice(0, -1)]
}
