import { isUsers } from '@koyalite/schema'
import { joined } from './collection-file'
import { createImports, type Imports } from './imports'
import { INDENT } from './line'
import type { PythonModule } from './python-files'
import { bracketed, docstring, quoted } from './source-text'

/** The clients, with a property for each collection, and their batches. */
export function clientFile(modules: readonly PythonModule[], hasFunctions: boolean): string {
  const imports = createImports(new Set(modules.map(({ property }) => property)))
  const names = new Map(modules.map(({ file }) => [file, imports.module(file)]))
  const place = { modules, imports, hasFunctions, moduleOf: ({ file }: PythonModule) => names.get(file) ?? '' }
  imports.runtime()
  const schema = bracketed(
    'SCHEMA = {',
    modules.map((one) => `${quoted(one.collection.name)}: ${place.moduleOf(one)}.info`),
    '}',
    { display: true },
  )
  const parts = [
    schema,
    clientClass(place, ''),
    clientClass(place, 'Async'),
    batchCollections(place),
    batchClass(''),
    batchClass('Async'),
  ]
  return joined(`from __future__ import annotations\n\n${imports.text}`, parts)
}

interface Place {
  readonly modules: readonly PythonModule[]
  readonly imports: Imports
  readonly hasFunctions: boolean
  readonly moduleOf: (module: PythonModule) => string
}

function clientClass(place: Place, prefix: '' | 'Async'): string {
  const { modules, moduleOf } = place
  const users = modules.find(({ collection }) => isUsers(collection))
  const collections = modules.map((one) => {
    const type = `${moduleOf(one)}.${prefix}${one.type}Collection`
    return property(place, one, { type, value: `${type}(self._context, ${moduleOf(one)}.info)` })
  })
  const auth = users === undefined ? [] : [authProperty(place, users, prefix)]
  const with_ = prefix === '' ? 'with' : 'async with'
  return `class ${prefix}Koyalite(_runtime.${prefix}Client):
${docstring(prefix === '' ? 'A client of one server.' : 'A client of one server, for asyncio.', INDENT)}
    SCHEMA = SCHEMA

${[
  ...auth,
  functionsProperty(place, prefix),
  ...collections,
  `    def batch(self) -> ${prefix}KoyaliteBatch:
        """Several writes, all or none: \`\`${with_} koya.batch() as batch: …\`\`."""
        return ${prefix}KoyaliteBatch(self._context)
`,
  collectionByName(place, prefix),
].join('\n')}`
}

function authProperty(place: Place, users: PythonModule, prefix: string): string {
  const user = `${place.moduleOf(users)}.${users.type}`
  const type = `${place.moduleOf(users)}.${prefix}${users.type}Auth`
  const body = bracketed(`return ${type}(`, ['self._context', user], ')', { indent: INDENT + INDENT })
  const description = docstring('Accounts, and the session of this client.', INDENT + INDENT)
  return `${decorator(place, 'property')}${INDENT}def auth(self) -> ${type}:\n${description}${body}`
}

function functionsProperty(place: Place, prefix: string): string {
  const { imports, hasFunctions } = place
  const name = `${prefix}Functions`
  if (hasFunctions) imports.own('_functions', name)
  const type = hasFunctions ? name : `${imports.runtime()}.${name}`
  const description = docstring('The functions of the project.', INDENT + INDENT)
  return `${decorator(place, 'property')}${INDENT}def functions(self) -> ${type}:
${description}${INDENT}${INDENT}return ${type}(self._context)
`
}

/** One alternative for each name. */
function collectionByName({ modules, imports, moduleOf }: Place, prefix: string): string {
  const signatures = modules.map((one) =>
    bracketed(
      'def collection(',
      ['self', `name: ${imports.use('typing', 'Literal')}[${quoted(one.collection.name)}]`],
      `) -> ${moduleOf(one)}.${prefix}${one.type}Collection${modules.length > 1 ? ': ...' : ':'}`,
      { indent: INDENT },
    ),
  )
  const renamed = modules
    .filter(({ collection, property: own }) => collection.name !== own)
    .map(({ collection, property: own }) => `${quoted(collection.name)}: ${quoted(own)}`)
  const argument = bracketed('renamed = {', renamed, '}', { indent: INDENT + INDENT, display: true })
  const body = `${INDENT}${INDENT}"""Any collection: also one that has another name here."""
${renamed.length === 0 ? '' : argument}${INDENT}${INDENT}return self._named(name, ${renamed.length === 0 ? '{}' : 'renamed'})\n`
  if (modules.length === 1) return `${signatures[0]}${body.trimEnd()}  # type: ignore[no-any-return]\n`
  const overload = `${INDENT}@${imports.use('typing', 'overload')}\n`
  const str = imports.use('builtins', 'str')
  return `${signatures.map((one) => `${overload}${one}\n`).join('')}${INDENT}def collection(self, name: ${str}) -> ${imports.use('typing', 'Any')}:\n${body}`
}

function batchCollections(place: Place): string {
  const { modules, moduleOf } = place
  const properties = modules.map((one) => {
    const type = `${moduleOf(one)}.${one.type}Batch`
    return property(place, one, { type, value: `${type}(self._operations, ${moduleOf(one)}.info)` })
  })
  return `class _BatchCollections(_runtime.BatchCollections):\n${properties.join('\n')}`
}

function batchClass(prefix: '' | 'Async'): string {
  return `class ${prefix}KoyaliteBatch(_BatchCollections, _runtime.${prefix}Batch):
${docstring('Writes that are sent together when the block ends.', INDENT)}`
}

function property(
  place: Place,
  { property: name, collection }: PythonModule,
  { type, value }: { readonly type: string; readonly value: string },
): string {
  const body = bracketed(
    `return ${value.slice(0, value.indexOf('(') + 1)}`,
    value.slice(value.indexOf('(') + 1, -1).split(', '),
    ')',
    {
      indent: INDENT + INDENT,
    },
  )
  const signature = bracketed(`def ${name}(`, ['self'], `) -> ${type}:`, { indent: INDENT })
  return `${decorator(place, 'property')}${signature}${docstring(collection.description, INDENT + INDENT)}${body}`
}

function decorator({ imports }: Place, name: string): string {
  return `${INDENT}@${imports.use('builtins', name)}\n`
}
