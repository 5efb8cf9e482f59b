import { exampleOf } from './example-of'
import { jsonSchemaFrom } from './json-schema'
import type { FunctionDetail } from './use-functions'

export interface CallSnippet {
  readonly title: string
  readonly text: string
}

/** How a function is called, with an input that it takes: from outside where it has a route, from the terminal, from another function. */
export function callSnippets(fn: FunctionDetail, url: string): readonly CallSnippet[] {
  return fn.kind === 'raw' ? rawSnippets(fn, url) : typedSnippets(fn, url)
}

function typedSnippets({ name, route, access, input }: FunctionDetail, url: string): readonly CallSnippet[] {
  const schema = jsonSchemaFrom(input)
  const example = schema === null ? {} : exampleOf(schema)
  const json = JSON.stringify(example)
  const address = `${url}${route ?? `/api/functions/${name}`}`
  const isOpen = access === 'true'
  const fromOutside = [
    {
      title: 'curl',
      text: [
        `curl ${quoted(address)}`,
        ...(isOpen ? [] : ['  -H "Authorization: Bearer $TOKEN"']),
        `  --json ${quoted(json)}`,
      ].join(' \\\n'),
    },
    {
      title: 'JavaScript',
      text: `const response = await fetch(${JSON.stringify(address)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json'${isOpen ? '' : ', authorization: `Bearer ${token}`'} },
  body: JSON.stringify(${json}),
})
const output = await response.json()`,
    },
  ]
  return [
    ...(access === null ? [] : fromOutside),
    { title: 'Terminal', text: `koyalite functions invoke ${name} ${quoted(json)}` },
    {
      title: 'Another function',
      text: `// its config: { calls: [${JSON.stringify(name)}] }\nconst output = await ctx.functions.call(${JSON.stringify(name)}, ${json})`,
    },
  ]
}

/** It answers requests as they come: which ones is its own business. */
function rawSnippets({ name, route, access, manifest }: FunctionDetail, url: string): readonly CallSnippet[] {
  if (access === null) return []
  const [method = 'GET'] = manifest?.methods ?? []
  const address = quoted(`${url}${route ?? `/api/functions/${name}`}`)
  const isFree = access === 'true' || manifest?.credentials === 'none'
  const lines = [
    method === 'GET' ? `curl ${address}` : `curl -X ${method} ${address}`,
    ...(isFree ? [] : ['  -H "Authorization: Bearer $TOKEN"']),
  ]
  return [{ title: 'curl', text: lines.join(' \\\n') }]
}

/** For a shell: nothing inside of it means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
