import { goName, goTypeName } from '@koyalite/schema/go-names'
import { type Call, exampleChange, exampleDocument, keyOf } from './call'
import { parseFilter } from './parse-filter'

/** The call with the generated Go client. */
export function goSnippet(call: Call): string {
  const token = call.hasToken ? ', koyalite.WithToken(os.Getenv("TOKEN"))' : ''
  return `koya, err := koyalite.New(${text(call.url)}${token})
if err != nil {
	return err
}
defer koya.Close()

${bodyOf(call)}
`
}

const CHECK = `if err != nil {
	return err
}`

function bodyOf(call: Call): string {
  const { kind, model, names } = call
  const documents = `koya.${goName(names.collection)}`
  const type = goTypeName(names.document)
  const key = keyLiteral(call)
  switch (kind) {
    case 'list':
      return `documents, err := ${documents}.Query()${queryOf(call)}.\n\tList(ctx)\n${CHECK}\nfmt.Println(documents)`
    case 'live':
      return `for snapshot, err := range ${documents}.Query()${queryOf(call)}.\n\tLive(ctx) {\n	if err != nil {\n		return err\n	}\n	fmt.Println(snapshot.Docs)\n}`
    case 'get':
      return `document, err := ${documents}.Get(ctx, ${key})\n${CHECK}\nfmt.Println(document)`
    case 'create':
      return `document, err := ${documents}.Create(ctx, koyalite.${type}Create{${fieldsOf(exampleDocument(model))}})\n${CHECK}\nfmt.Println(document)`
    case 'update':
      return `document, err := ${documents}.Update(ctx, ${key}, ${changesOf(type, exampleChange(model))})\n${CHECK}\nfmt.Println(document)`
    case 'delete':
      return `err = ${documents}.Delete(ctx, ${key})\n${CHECK}`
    case 'sign-in':
      return `result, err := koya.Auth.Login(ctx, "ann@example.com", "correct horse battery")\n${CHECK}\nfmt.Println(result)`
  }
}

function keyLiteral(call: Call): string {
  const { model, key } = call
  const isInt = model.fields.some(({ primary, type }) => primary && type === 'int')
  return isInt && key !== null && /^-?\d+$/.test(key) ? key : text(keyOf(call))
}

function fieldsOf(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${goName(name)}: ${literal(value)}`)
    .join(', ')
}

function changesOf(type: string, values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `koyalite.${type}Fields.${goName(name)}.Set(${literal(value)})`)
    .join(', ')
}

function queryOf(call: Call): string {
  const { filter, where, params, sort, model } = call
  const parts = [
    ...filter.flatMap((one) => {
      const json = parseFilter(one, model)
      return json === null ? [] : Object.entries(json).map(([field, value]) => condition(field, value, call))
    }),
    ...(where === null ? [] : [`Where(${[text(where), ...params.map(literal)].join(', ')})`]),
    ...(sort.length === 0 ? [] : [`Sort(${sort.map(text).join(', ')})`]),
  ]
  return parts.map((part) => `.\n\t${part}`).join('')
}

const METHODS: Readonly<Record<string, string>> = {
  $eq: 'Eq',
  $ne: 'Ne',
  $gt: 'Gt',
  $gte: 'Gte',
  $lt: 'Lt',
  $lte: 'Lte',
  $in: 'In',
  $nin: 'NotIn',
  $like: 'Like',
  $contains: 'Contains',
}

/** Typed where the compiler can know it; else as the expression, whose values are parameters. */
function condition(field: string, value: unknown, { model, names }: Call): string {
  const [operator = '$eq', operand] = operatorOf(value)
  const type = model.fields.find(({ name }) => name === field)?.type
  const method = METHODS[operator]
  const isTyped = type !== undefined && !['timestamp', 'date', 'json', 'blob'].includes(type) && method !== undefined
  if (!isTyped) return expression(field, operator, operand)
  const name = `koyalite.${goTypeName(names.document)}Fields.${goName(field)}`
  if (operand === null) return `Filter(${name}.${operator === '$ne' ? 'IsNotNull' : 'IsNull'}())`
  const values = Array.isArray(operand) ? operand.map(literal).join(', ') : literal(operand)
  return `Filter(${name}.${method}(${values}))`
}

function operatorOf(value: unknown): readonly [string, unknown] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ['$eq', value]
  const [first] = Object.entries(value)
  return first === undefined ? ['$eq', value] : [first[0], first[1]]
}

const CEL: Readonly<Record<string, string>> = {
  $eq: '==',
  $ne: '!=',
  $gt: '>',
  $gte: '>=',
  $lt: '<',
  $lte: '<=',
  $in: 'in',
}

function expression(field: string, operator: string, operand: unknown): string {
  const sign = CEL[operator]
  if (operand === null) return `Where(${text(`doc.${field} ${operator === '$ne' ? '!=' : '=='} null`)})`
  if (operator === '$nin') return `Where(${text(`!(doc.${field} in $1)`)}, ${literal(operand)})`
  if (operator === '$contains') return `Where(${text(`doc.${field}.exists(x, x == $1)`)}, ${literal(operand)})`
  return `Where(${text(`doc.${field} ${sign ?? '=='} $1`)}, ${literal(operand)})`
}

/** A value as Go writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[]any{${value.map(literal).join(', ')}}`
  if (typeof value === 'object' && value !== null) return 'map[string]any{}'
  return value === null ? 'nil' : typeof value === 'string' ? text(value) : JSON.stringify(value)
}

function text(value: string): string {
  return JSON.stringify(value)
}
