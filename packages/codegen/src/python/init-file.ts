import type { ClientCollection } from '../client-model'
import { exportOrder, isortOrder, naturalOrder } from './imports'
import { ownTypeNames } from './python-collection'
import type { PythonModule } from './python-files'

export const CLIENT = ['AsyncKoyalite', 'AsyncKoyaliteBatch', 'Koyalite', 'KoyaliteBatch']

/** What the runtime has for users. */
const TYPES = [
  ...['AsyncLive', 'ConflictError', 'Document', 'ErrorDetail', 'ForbiddenError', 'InvalidRequestError'],
  ...['KoyaliteError', 'Live', 'LiveStatus', 'MfaRequiredError', 'NetworkError', 'NotExpandedError', 'NotFoundError'],
  ...['NotLoadedError', 'Page', 'PathFilter', 'Pending', 'PreconditionFailedError'],
  ...[
    'RateLimitedError',
    'RequestTimeoutError',
    'ResultKey',
    'ServerError',
    'SessionInfo',
    'Snapshot',
    'Tokens',
    'UnauthenticatedError',
  ],
  ...['UnavailableError', 'ValidationError', 'VerificationRequiredError', 'Written'],
]
/** No file of a collection may be called so. */
export const FUNCTIONS = ['compare_seq', 'path', 'to_dict', 'to_json']

export const EXPORTED_NAMES: readonly string[] = [...TYPES, ...FUNCTIONS]

/** All of it in one import. @param functions types of what they take and return */
export function initFile(modules: readonly PythonModule[], functions: readonly string[]): string {
  // Documents first: a type of another collection that would be called the same stays in its module.
  const taken = new Set(modules.map(({ type }) => type))
  const exports = modules.map(({ file, type, collection }) => {
    const others = typeNames(type, collection).filter((name) => !taken.has(name))
    for (const name of others) taken.add(name)
    return { file, names: [type, ...others].sort(isortOrder) }
  })
  // A collection may be called `pages`: its documents are what `Page` is then.
  const runtime = EXPORTED_NAMES.map((name) => ({ name, as: taken.has(name) ? `Koyalite${name}` : name }))
  const all = [...CLIENT, ...runtime.map(({ as }) => as), ...taken, ...functions].sort(exportOrder)
  return [
    `"""The typed client: \`Koyalite\` and \`AsyncKoyalite\`."""\n\n`,
    importFrom('_client', CLIENT),
    ...(functions.length === 0 ? [] : [importFrom('_functions', [...functions].sort(isortOrder))]),
    ...runtimeImports(runtime),
    ...exports.sort((a, b) => naturalOrder(a.file, b.file)).map(({ file, names }) => importFrom(file, names)),
    `\n__all__ = [\n${all.map((name) => `    "${name}",\n`).join('')}]\n`,
  ].join('')
}

/** What gets another name has a line of its own. */
function runtimeImports(runtime: readonly { readonly name: string; readonly as: string }[]): readonly string[] {
  const plain = runtime.filter(({ name, as }) => name === as).map(({ name }) => name)
  const lines = runtime
    .filter(({ name, as }) => name !== as)
    .map(({ name, as }) => ({ first: name, text: `from ._runtime.api import ${name} as ${as}\n` }))
  const [first] = plain
  return [...lines, ...(first === undefined ? [] : [{ first, text: importFrom('_runtime.api', plain) }])]
    .sort((a, b) => isortOrder(a.first, b.first))
    .map(({ text }) => text)
}

function typeNames(type: string, collection: ClientCollection): readonly string[] {
  const own = IN_MODULES.map((suffix) => type + suffix)
  return ownTypeNames(type, collection).filter((name) => !own.includes(name))
}

/** Types that few programs name, and that not every collection has. */
const IN_MODULES = ['Replace', 'BatchCreate', 'BatchReplace', 'BatchUpdate', 'BatchAssert']

function importFrom(module: string, names: readonly string[]): string {
  return `from .${module} import (\n${names.map((name) => `    ${name},\n`).join('')})\n`
}
