import { type Call, type CollectionModel, exampleChange, exampleDocument, keyOf } from './call'
import { isTime, parseFilter } from './parse-filter'

/** The call with the generated TypeScript client. */
export function typescriptSnippet(call: Call): string {
  return `import { createKoyalite } from './generated/koyalite'

const koya = createKoyalite({ url: ${text(call.url)}${call.hasToken ? ', token: process.env.TOKEN' : ''} })

${bodyOf(call)}
`
}

function bodyOf(call: Call): string {
  const { kind, model, names } = call
  const documents = `koya.${names.collection}`
  const key = keyLiteral(call)
  switch (kind) {
    case 'list':
      return `const documents = await ${documents}${queryOf(call)}.get()\nconsole.log(documents)`
    case 'live':
      return `const stop = ${documents}${queryOf(call)}.subscribe(({ docs }) => console.log(docs))`
    case 'get':
      return `const document = await ${documents}.getById(${key})\nconsole.log(document)`
    case 'create':
      return `const document = await ${documents}.create(${literal(exampleDocument(model), model)})\nconsole.log(document)`
    case 'update':
      return `const document = await ${documents}.update(${key}, ${literal(exampleChange(model), model)})\nconsole.log(document)`
    case 'delete':
      return `await ${documents}.delete(${key})`
    case 'sign-in':
      return `const result = await koya.auth.login('ann@example.com', 'correct horse battery')
if (result.status === 'signed_in') console.log(result.user)`
  }
}

function keyLiteral(call: Call): string {
  const { model, key } = call
  const isInt = model.fields.some(({ primary, type }) => primary && type === 'int')
  return isInt && key !== null && /^-?\d+$/.test(key) ? key : text(keyOf(call))
}

function queryOf({ filter, where, params, sort, model }: Call): string {
  const parts = [
    ...filter.map((one) => {
      const json = parseFilter(one, model)
      return json === null ? '' : `.filter(${literal(json, model)})`
    }),
    ...(where === null ? [] : [`.where(${[text(where), ...params.map((one) => literal(one, model))].join(', ')})`]),
    ...(sort.length === 0 ? [] : [`.sort(${sort.map(text).join(', ')})`]),
  ].filter((part) => part !== '')
  const line = parts.join('')
  return line.length > MAX_LINE ? parts.map((part) => `\n  ${part}`).join('') : line
}

/** Characters; beyond this a query has a line for each part. */
const MAX_LINE = 60

/** A value as TypeScript writes it; times are dates. */
function literal(value: unknown, model: CollectionModel, field: string | null = null): string {
  if (typeof value === 'string')
    return field !== null && isTime(model, field) ? `new Date(${text(value)})` : text(value)
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, model, field)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([name, one]) => `${nameOf(name)}: ${literal(one, model, name.startsWith('$') ? field : name)}`).join(', ')} }`
}

function nameOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name)
}

function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
