import { type Call, type CollectionModel, exampleChange, exampleDocument, keyOf } from './call'
import { isTime, parseFilter } from './parse-filter'

/** The call with the generated Python client. */
export function pythonSnippet(call: Call): string {
  const body = bodyOf(call)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
  const times = body.includes('datetime.fromisoformat') ? 'from datetime import datetime\n' : ''
  const paths = body.includes('path(') ? ', path' : ''
  const token = call.hasToken ? ', token=os.environ["TOKEN"]' : ''
  return `${call.hasToken ? 'import os\n' : ''}${times}${call.hasToken || times !== '' ? '\n' : ''}from koyalite import Koyalite${paths}

with Koyalite(${text(call.url)}${token}) as koya:
${body}
`
}

function bodyOf(call: Call): string {
  const { kind, model, names } = call
  const documents = `koya.${names.collection}`
  const key = keyLiteral(call)
  switch (kind) {
    case 'list':
      return `for document in ${documents}${queryOf(call)}.list():\n    print(document)`
    case 'live':
      return `with ${documents}${queryOf(call)}.live() as live:\n    for snapshot in live:\n        print(snapshot.docs)`
    case 'get':
      return `print(${documents}.get(${key}))`
    case 'create':
      return `print(${documents}.create(${literal(exampleDocument(model), model)}))`
    case 'update':
      return `print(${documents}.update(${key}, ${literal(exampleChange(model), model)}))`
    case 'delete':
      return `${documents}.delete(${key})`
    case 'sign-in':
      return `print(koya.auth.login("ann@example.com", "correct horse battery"))`
  }
}

function keyLiteral(call: Call): string {
  const { model, key } = call
  const isInt = model.fields.some(({ primary, type }) => primary && type === 'int')
  return isInt && key !== null && /^-?\d+$/.test(key) ? key : text(keyOf(call))
}

function queryOf({ filter, where, params, sort, model }: Call): string {
  const parts = [
    ...filter.flatMap((one) => {
      const json = parseFilter(one, model)
      return json === null ? [] : [`.filter(${filterArgument(json, model)})`]
    }),
    ...(where === null ? [] : [`.where(${[text(where), ...params.map((one) => literal(one, model))].join(', ')})`]),
    ...(sort.length === 0 ? [] : [`.sort(${sort.map(text).join(', ')})`]),
  ]
  return parts.join('')
}

/** What is behind a reference, or inside of json, has a function of its own. */
function filterArgument(json: Readonly<Record<string, unknown>>, model: CollectionModel): string {
  const entries = Object.entries(json)
  const [only] = entries
  if (entries.length === 1 && only !== undefined && only[0].includes('.')) {
    return `path(${text(only[0])}, ${literal(only[1], model)})`
  }
  return literal(json, model)
}

/** A value as Python writes it. */
function literal(value: unknown, model: CollectionModel, field: string | null = null): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string')
    return field !== null && isTime(model, field) ? `datetime.fromisoformat(${text(value)})` : text(value)
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, model, field)).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value)
  return `{${entries.map(([name, one]) => `${text(name)}: ${literal(one, model, name.startsWith('$') ? field : name)}`).join(', ')}}`
}

function text(value: string): string {
  return JSON.stringify(value)
}
