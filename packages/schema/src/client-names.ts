import type { Collection, Field, Position, Schema, SchemaProblem } from './model'

/** What clients have of their own beside collections: `koya.auth`, `koya.batch`. */
const CLIENT_MEMBERS: readonly string[] = [
  'auth',
  'batch',
  'close',
  'collection',
  'etag_of',
  'files',
  'fn',
  'functions',
  'last_seq',
  'live',
  'prefetch',
  'realtime',
  'request',
  'then',
  'with_options',
]

/** Types that generated code uses, of its language or its own. */
const TAKEN_TYPES: readonly string[] = [
  ...['Date', 'Uint8Array', 'Record', 'KoyaliteFunctions', 'KoyaliteSchema', 'RenamedCollections'],
  ...['Koyalite', 'KoyaliteBatch', 'AsyncKoyalite', 'AsyncKoyaliteBatch'],
]

/** Each document's type has others beside it: `Post`, `PostCreate`. */
export const DOCUMENT_TYPE_SUFFIXES = ['', 'Create', 'Update', 'Fields', 'Collection'] as const

/** What documents have of their own beside fields: expanded documents of Go. */
const DOCUMENT_MEMBERS: readonly string[] = ['expanded']

/** What a collection or field is called in clients: `koya.posts`. */
export function clientName({ name, clientName: own }: Pick<Collection | Field, 'name' | 'clientName'>): string {
  return own ?? name
}

/** What clients call the type of one document: `blog_posts` has `BlogPost`. */
export function documentTypeName(collection: Collection): string {
  return pascalCase(singularOf(collection))
}

/** What the author should know of names in clients, in the order of the file: `generate` writes nothing while there is one. */
export function clientNameWarnings(schema: Schema, { file }: { readonly file: string }): readonly SchemaProblem[] {
  return [...memberClashes(schema), ...typeClashes(schema), ...fieldClashes(schema)]
    .map(({ at, message }) => ({ file, ...at.position, message }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

interface Clash {
  readonly at: { readonly position: Position }
  readonly message: string
}

function memberClashes({ collections }: Schema): readonly Clash[] {
  return [...collections.values()]
    .filter((collection) => CLIENT_MEMBERS.includes(clientName(collection)))
    .map((collection) => {
      const name = clientName(collection)
      const advice = `add \`clients: { name: ${name}_documents }\``
      const message = `generated clients use the name '${name}' themselves, so collection '${collection.name}' needs another one there: ${advice}`
      return { at: collection, message }
    })
}

function typeClashes({ collections }: Schema): readonly Clash[] {
  const owners = new Map<string, string>()
  return [...collections.values()].flatMap((collection): Clash[] => {
    const type = documentTypeName(collection)
    const advice = `add \`singular: ${singularOf(collection)}_document\``
    const clash = (why: string): Clash[] => [{ at: collection, message: `${why}: ${advice} to '${collection.name}'` }]
    if (TAKEN_TYPES.includes(type))
      return clash(
        `a document of '${collection.name}' would be called '${type}' in generated clients, which need that word`,
      )
    const names = DOCUMENT_TYPE_SUFFIXES.map((suffix) => type + suffix)
    const met = names.find((name) => owners.has(name))
    if (met !== undefined)
      return clash(
        `collections '${owners.get(met)}' and '${collection.name}' would both have a type '${met}' in generated clients`,
      )
    for (const name of names) owners.set(name, collection.name)
    return []
  })
}

/** Fields that would have one name in languages without underscores, or that of something else. */
function fieldClashes({ collections }: Schema): readonly Clash[] {
  return [...collections.values()].flatMap((collection) => {
    const owners = new Map<string, string>(DOCUMENT_MEMBERS.map((name) => [pascalCase(name), `a member '${name}'`]))
    return [...collection.fields.values()].flatMap((field): Clash[] => {
      const name = clientName(field)
      const owner = field.internal ? undefined : owners.get(pascalCase(name))
      if (!field.internal && owner === undefined) owners.set(pascalCase(name), `'${field.name}'`)
      if (owner === undefined) return []
      const advice = `add \`clients: { name: ${name}_value }\` to '${collection.name}.${field.name}'`
      const why = `'${collection.name}.${field.name}' would have the name of ${owner} in generated clients`
      return [{ at: field, message: `${why}: ${advice}` }]
    })
  })
}

function singularOf(collection: Collection): string {
  return collection.singular ?? singularize(clientName(collection))
}

function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  mice: 'mouse',
  movies: 'movie',
  cookies: 'cookie',
  news: 'news',
  series: 'series',
  species: 'species',
}

/** The last word of a name in the singular, as far as spelling tells. Others say `singular`. */
function singularize(name: string): string {
  const start = name.lastIndexOf('_') + 1
  const word = name.slice(start)
  return name.slice(0, start) + (Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : singularWord(word))
}

function singularWord(word: string): string {
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ss|sh|ch|x|zz|(?:stat|vir|bon|camp|cens)us)es$/.test(word)) return word.slice(0, -2)
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word
}
