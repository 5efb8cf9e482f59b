import { hasOwnReplace, refers, resultKeys } from './inputs'
import { INDENT } from './line'
import type { PythonCollection } from './python-collection'
import { bracketed, docstring } from './source-text'

/** The queries of a collection, and its documents: what is called, with types. */
export function collectionClasses(python: PythonCollection): readonly string[] {
  return [builder(python), ...query(python, ''), ...query(python, 'Async'), batch(python)]
}

/** What queries and collections, with and without `await`, have in common. */
function builder({ type, imports }: PythonCollection): string {
  const runtime = imports.runtime()
  const unpack = imports.use('typing', 'Unpack')
  return `${bases(`class _${type}Builder(`, [`${runtime}.QueryBuilder[${runtime}.Q]`])}${method({
    head: 'def filter(',
    parameters: [
      'self',
      '/',
      `*conditions: ${type}Filter | ${runtime}.PathFilter`,
      `**fields: ${unpack}[${type}Filter]`,
    ],
    result: `${runtime}.Q`,
    doc: 'Only documents for which all of it holds; repeated: all of them.',
    body: 'return self._filter(conditions, fields)',
  })}
${method({
  head: 'def fields(',
  parameters: ['self', `*names: ${type}Fields`],
  result: `${runtime}.Q`,
  doc: 'Only these fields. What is expanded is there besides.',
  body: 'return self._fields(names)',
})}`
}

function query(python: PythonCollection, prefix: '' | 'Async'): readonly string[] {
  const { type, imports } = python
  const runtime = imports.runtime()
  const name = `${prefix}${type}Query`
  const collection = `${prefix}${type}Collection`
  return [
    `${bases(`class ${name}(`, [`_${type}Builder["${name}"]`, `${runtime}.${prefix}Query[${type}, "${name}"]`])}${withState(name, python)}`,
    `${bases(`class ${collection}(`, [`_${type}Builder[${name}]`, `${runtime}.${prefix}Collection[${type}, ${name}]`])}${withState(name, python)}
${writes(python, prefix).join('\n')}`,
  ]
}

export function bases(head: string, names: readonly string[]): string {
  return bracketed(head, names, '):')
}

function withState(name: string, { imports }: PythonCollection): string {
  const runtime = imports.runtime()
  return method({
    head: 'def _with(',
    parameters: ['self', `state: ${runtime}.QueryState`],
    result: name,
    body: bracketed(`return ${name}(`, ['self._context', 'self._info', 'state'], ')', {
      indent: INDENT + INDENT,
    }).trim(),
  })
}

function writes(python: PythonCollection, prefix: '' | 'Async'): readonly string[] {
  const { type, key, imports } = python
  const [def, wait] = prefix === 'Async' ? ['async def', 'await '] : ['def', '']
  const id = `id: ${key.members.join(' | ')}`
  const sequence = imports.use('collections.abc', 'Sequence')
  const unpack = imports.use('typing', 'Unpack')
  return [
    method({
      head: `${def} get(`,
      parameters: [
        'self',
        id,
        '/',
        '*',
        `expand: ${sequence}[${imports.use('builtins', 'str')}] = ()`,
        `fields: ${sequence}[${type}Fields] = ()`,
      ],
      result: type,
      doc: 'One document. Raises NotFoundError if there is none that may be read.',
      body: `return ${wait}self._get(id, expand, fields)`,
    }),
    overloaded(python, {
      head: `${def} create(`,
      given: `${type}Create`,
      parameters: [],
      result: type,
      doc: 'A new document.',
      body: `return ${wait}self._create(data, fields)`,
    }),
    method({
      head: `${def} create_many(`,
      parameters: ['self', `data: ${sequence}[${type}Create]`, '/'],
      result: `${imports.use('builtins', 'list')}[${type}]`,
      doc: 'All or none, at most 1000.',
      body: `return ${wait}self._create_many(data)`,
    }),
    method({
      head: `${def} update(`,
      parameters: ['self', id, `patch: ${type}Update | None = None`, '/', `**fields: ${unpack}[${type}Update]`],
      result: type,
      doc: 'Changes the fields that are given.',
      body: `return ${wait}self._update(id, patch, fields)`,
    }),
    overloaded(python, {
      head: `${def} replace(`,
      given: hasOwnReplace(python) ? `${type}Replace` : `${type}Create`,
      parameters: [id],
      result: type,
      doc: 'Creates the document, or replaces it: what is not given gets its default.',
      body: `return ${wait}self._replace(id, data, fields)`,
    }),
    method({
      head: `${def} delete(`,
      parameters: ['self', id, '/'],
      result: 'None',
      doc: 'Raises NotFoundError if there is no such document.',
      body: `${wait}self._delete(id)`,
    }),
  ]
}

/** The writes of a batch, with and without `await`: it is sent later. */
function batch(python: PythonCollection): string {
  const { type, key, imports } = python
  const runtime = imports.runtime()
  const keys = [...key.members, `${runtime}.ResultKey[${type}]`, ...resultKeys(key, python)]
  const id = `id: ${keys.join(' | ')}`
  const result = `${runtime}.Written[${type}]`
  const input = refers(python) ? `${type}Batch` : type
  const replace = hasOwnReplace(python) ? 'Replace' : 'Create'
  /** A dict that was made for a write outside of a batch is as good: types of dicts that differ are never assignable. */
  const patch = refers(python) ? `${input}Update | ${type}Update` : `${type}Update`
  const nothing = `${runtime}.Pending[None]`
  const unpack = imports.use('typing', 'Unpack')
  const methods = [
    overloaded(python, {
      ...{ head: 'def create(', given: `${input}Create`, orElse: `${type}Create`, parameters: [], result },
      body: 'return self._add("create", None, data, fields)',
    }),
    method({
      head: 'def update(',
      parameters: [...['self', id, `patch: ${patch} | None = None`, '/'], `**fields: ${unpack}[${input}Update]`],
      result,
      body: 'return self._add("update", id, patch, fields)',
    }),
    overloaded(python, {
      ...{ head: 'def replace(', given: `${input}${replace}`, orElse: `${type}${replace}`, parameters: [id], result },
      body: 'return self._add("upsert", id, data, fields)',
    }),
    method({
      head: 'def delete(',
      parameters: ['self', id, '/'],
      result: nothing,
      body: 'return self._delete(id)',
    }),
    method({
      head: 'def assert_(',
      parameters: [
        ...['self', id, `data: ${type}BatchAssert | None = None`, '/'],
        `**fields: ${unpack}[${type}BatchAssert]`,
      ],
      result: nothing,
      doc: 'Nothing is written unless the document is there, and has these values.',
      body: 'return self._assert(id, data, fields)',
    }),
    method({
      head: 'def assert_where(',
      parameters: [
        ...['self', id, `expression: ${imports.use('builtins', 'str')}`, '/'],
        `*params: ${imports.use('builtins', 'object')}`,
      ],
      result: nothing,
      doc: 'Nothing is written unless an expression holds of the document, as in `where`.',
      body: 'return self._assert_where(id, expression, params)',
    }),
  ]
  return `${bases(`class ${type}Batch(`, [`${runtime}.CollectionBatch[${type}]`])}${methods.join('\n')}`
}

interface Method {
  readonly head: string
  readonly parameters: readonly string[]
  readonly result: string
  readonly doc?: string
  readonly body: string
}

export function method({ head, parameters, result, doc, body }: Method): string {
  const signature = bracketed(head, parameters, `) -> ${result}:`, { indent: INDENT })
  return `${signature}${docstring(doc, INDENT + INDENT)}${INDENT}${INDENT}${body}\n`
}

/** Takes its data as one argument, or as keywords. */
export function overloaded(
  { imports }: Pick<PythonCollection, 'imports'>,
  { given, orElse, parameters, doc, ...rest }: Method & { readonly given: string; readonly orElse?: string },
): string {
  const overload = `${INDENT}@${imports.use('typing', 'overload')}\n`
  const data = orElse === undefined || orElse === given ? given : `${given} | ${orElse}`
  const positional = bracketed(rest.head, ['self', ...parameters, `data: ${data}`, '/'], `) -> ${rest.result}: ...`, {
    indent: INDENT,
  })
  const keywords = bracketed(
    rest.head,
    ['self', ...parameters, '/', `**fields: ${imports.use('typing', 'Unpack')}[${given}]`],
    `) -> ${rest.result}: ...`,
    { indent: INDENT },
  )
  const both = method({
    ...rest,
    parameters: [
      ...['self', ...parameters, `data: ${data} | None = None`, '/'],
      `**fields: ${imports.use('typing', 'Any')}`,
    ],
    ...(doc !== undefined && { doc }),
  })
  return `${overload}${positional}\n${overload}${keywords}\n${both}`
}
