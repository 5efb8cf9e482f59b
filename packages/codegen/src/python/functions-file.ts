import type { JsonValue } from '@koyalite/contracts'
import { type ClientFunction, functionTypeName } from '../client-function'
import { isObject } from '../json-schema'
import { bases, method, overloaded } from './collection-classes'
import { joined } from './collection-file'
import { createImports, type Imports } from './imports'
import { jsonTypes, type NamedTypes, namedTypes } from './json-types'
import { INDENT } from './line'
import { pythonNames } from './python-names'
import { bracketed, docstring, quoted } from './source-text'

/** The functions of the project, and the types of what they take and return. */
export interface PythonFunctions {
  readonly text: string
  /** Types that it has. */
  readonly names: readonly string[]
}

interface PythonFunction {
  readonly name: string
  readonly method: string
  /** Null: it takes nothing. */
  readonly input: string | null
  /** Its input has a type with fields: keywords do as well. */
  readonly takesFields: boolean
  readonly output: string
  /** The constant that has the kinds of values in its output; null: of none. */
  readonly kinds: { readonly name: string; readonly items: readonly string[] } | null
}

/** What a server returns is taken for what it declares. */
const OF_THEIR_TYPES = '# mypy: disable-error-code=no-any-return\n'

/** Methods that all have. */
const MEMBERS = ['call']

/** @param taken names of types of the package */
export function functionsFile(functions: readonly ClientFunction[], taken: readonly string[]): PythonFunctions {
  const imports = createImports(new Set())
  const types = namedTypes([...taken, 'AsyncFunctions', 'Functions'], imports)
  imports.runtime()
  const snake = functions.map(({ name }) => snakeCase(name))
  const methods = pythonNames(snake, new Set(MEMBERS))
  const all = functions.map((one, i) => pythonFunction(one, methods.get(snake[i] ?? '') ?? '', types))
  const kinds = all.flatMap((one) => (one.kinds === null ? [] : [one.kinds]))
  const constants = kinds.map(({ name, items }) => {
    const mapping = imports.use('collections.abc', 'Mapping')
    const type = `${mapping}[${imports.use('builtins', 'str')}, ${imports.runtime()}.Kind]`
    return bracketed(`${name}: ${type} = {`, items, '}', { display: true })
  })
  const classes = [functionsClass(all, '', imports), functionsClass(all, 'Async', imports)]
  const head = `${OF_THEIR_TYPES}from __future__ import annotations\n\n${imports.text}`
  return {
    text: joined(head, [...types.declarations, ...constants, ...classes]),
    names: types.names,
  }
}

function pythonFunction({ name, input, output }: ClientFunction, own: string, types: NamedTypes): PythonFunction {
  const type = functionTypeName(name)
  const object = types.imports.use('builtins', 'object')
  const items: string[] = []
  const takesNothing = input !== null && isEmpty(input)
  const given = input === null ? object : jsonTypes(input, `${type}Input`, types, () => {}).join(' | ')
  const returned =
    output === null
      ? types.imports.use('typing', 'Any')
      : jsonTypes(output, `${type}Output`, types, (path, kind) => items.push(`${quoted(path)}: ${quoted(kind)}`)).join(
          ' | ',
        )
  return {
    ...{ name, method: own, output: returned },
    input: takesNothing ? null : given,
    takesFields: !takesNothing && types.names.includes(given) && input !== null && hasFields(input),
    kinds: items.length === 0 ? null : { name: `_${own.toUpperCase()}_KINDS`, items },
  }
}

function functionsClass(functions: readonly PythonFunction[], prefix: '' | 'Async', imports: Imports): string {
  const [def, wait] = prefix === 'Async' ? ['async def', 'await '] : ['def', '']
  const doc = docstring(`The functions of the project${prefix === '' ? '' : ', for asyncio'}.`, INDENT)
  const methods = functions.map(({ name, method: own, input, takesFields, output, kinds }) => {
    const call = (data: string, fields: string) =>
      bracketed(`return ${wait}self._call(`, [quoted(name), data, fields, kinds === null ? '{}' : kinds.name], ')', {
        indent: INDENT + INDENT,
      }).trim()
    const head = `${def} ${own}(`
    const said = `Calls the function \`\`${name}\`\`.`
    if (input === null) return method({ head, parameters: ['self'], result: output, doc: said, body: call('{}', '{}') })
    if (!takesFields)
      return method({
        head,
        parameters: ['self', `data: ${input}`, '/'],
        result: output,
        doc: said,
        body: call('data', '{}'),
      })
    const body = call('data or {}', 'fields')
    return overloaded({ imports }, { head, given: input, parameters: [], result: output, doc: said, body })
  })
  return `${bases(`class ${prefix}Functions(`, [`${imports.runtime()}.${prefix}Functions`])}${doc}\n${methods.join('\n')}`
}

function isEmpty(input: JsonValue): boolean {
  return (
    isObject(input) &&
    input.type === 'object' &&
    !hasFields(input) &&
    input.additionalProperties === false &&
    input.patternProperties === undefined
  )
}

function hasFields(schema: JsonValue): boolean {
  return isObject(schema) && isObject(schema.properties) && Object.keys(schema.properties).length > 0
}

/** `sendDigest`, `send-digest`: `send_digest`. */
function snakeCase(name: string): string {
  return name
    .replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .replace(/-/g, '_')
    .replace(/_+/g, '_')
    .replace(/(?<=.)_$/, '')
    .toLowerCase()
}
