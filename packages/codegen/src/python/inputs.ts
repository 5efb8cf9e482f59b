import { orNone } from './json-types'
import { field, type PythonCollection, type PythonField, typedDict, valueType } from './python-collection'
import { bracketed, quoted } from './source-text'

/** The types of what is sent. */
export function inputTypes(python: PythonCollection): readonly string[] {
  const { type, fields, key, imports } = python
  const dict = imports.use('typing', 'TypedDict')
  const others = fields.filter((one) => one !== key)
  return [
    givenDict(`${type}Create`, fields, python),
    ...(hasOwnReplace(python) ? [givenDict(`${type}Replace`, others, python)] : []),
    dictClass(
      `${type}Update`,
      [dict, 'total=False'],
      others.map((one) => field(one.name, patchType(one))),
    ),
    ...batchTypes(python),
    filterType(python),
    bracketed(
      `${type}Fields = ${imports.use('typing', 'Literal')}[`,
      fields.map(({ name }) => quoted(name)),
      ']',
    ),
  ]
}

/** Where a new document must have its key, replacing one is not the same: the key is beside it. */
export function hasOwnReplace({ key }: PythonCollection): boolean {
  return key.field.required
}

/** In a batch, keys of earlier writes may stand where keys do. */
function batchTypes(python: PythonCollection): readonly string[] {
  const { type, fields, key, imports } = python
  const dict = imports.use('typing', 'TypedDict')
  const others = fields.filter((one) => one !== key)
  const inBatch = (one: PythonField, value: string) => [value, ...resultKeys(one, python)].join(' | ')
  const asserted = dictClass(
    `${type}BatchAssert`,
    [dict, 'total=False'],
    fields.map((one) => field(one.name, inBatch(one, valueType(one)))),
  )
  if (!refers(python)) return [asserted]
  return [
    givenDict(`${type}BatchCreate`, fields, python, inBatch),
    ...(hasOwnReplace(python) ? [givenDict(`${type}BatchReplace`, others, python, inBatch)] : []),
    dictClass(
      `${type}BatchUpdate`,
      [dict, 'total=False'],
      others.map((one) => field(one.name, inBatch(one, patchType(one)))),
    ),
    asserted,
  ]
}

/** Whether some field holds keys of other documents. */
export function refers({ fields }: PythonCollection): boolean {
  return fields.some(({ refersTo }) => refersTo !== undefined)
}

/** What may stand for a key that a field holds. */
export function resultKeys({ refersTo }: PythonField, { imports }: PythonCollection): readonly string[] {
  return refersTo === undefined ? [] : [`${imports.runtime()}.ResultKey[${refersTo}]`]
}

function givenDict(
  name: string,
  fields: readonly PythonField[],
  { imports }: PythonCollection,
  typeOf: (one: PythonField, value: string) => string = (_, value) => value,
): string {
  const lines = fields.map((one) => {
    const type = typeOf(one, valueType(one))
    return field(one.name, one.field.required ? type : `${imports.use('typing', 'NotRequired')}[${type}]`)
  })
  return dictClass(name, [imports.use('typing', 'TypedDict')], lines)
}

export function dictClass(name: string, bases: readonly string[], lines: readonly string[]): string {
  return `${bracketed(`class ${name}(`, bases, '):')}${lines.length === 0 ? '    pass\n' : lines.join('')}`
}

function patchType(one: PythonField): string {
  const members = [...one.members.filter((member) => member !== 'None'), ...one.operators]
  const isNullable = one.field.nullable || one.members.includes('None')
  return (isNullable ? orNone(members) : members).join(' | ')
}

function filterType({ type, fields, imports }: PythonCollection): string {
  const dict = imports.use('typing', 'TypedDict')
  const sequence = imports.use('collections.abc', 'Sequence')
  const path = `${imports.runtime()}.PathFilter`
  const logic = typedDict(
    `_${type}Logic`,
    [
      `"$and": "${sequence}[${type}Filter | ${path}]"`,
      `"$or": "${sequence}[${type}Filter | ${path}]"`,
      `"$not": "${type}Filter | ${path}"`,
    ],
    dict,
    'total=False',
  )
  const lines = fields.map((one) => {
    const isObject = one.field.type === 'json' && one.operators.length === 0
    return field(one.name, one.field.nullable && !isObject ? `${one.filter} | None` : one.filter)
  })
  return `${logic}\n\n${dictClass(`${type}Filter`, [`_${type}Logic`, 'total=False'], lines)}`
}
