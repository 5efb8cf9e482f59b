import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import { BLOG } from '../fixtures/schemas'

const server = useServer({ schema: BLOG })
// biome-ignore lint/suspicious/noExplicitAny: the document is walked as what it is, JSON
let document: any

beforeAll(async () => {
  document = expectStatus(await server.anonymous.get('/api/openapi.json'), 200).body
})

interface OperationObject {
  readonly operationId?: string
  readonly parameters?: readonly { name: string; in: string }[]
  readonly responses: Readonly<Record<string, unknown>>
}
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

function operations(): readonly (readonly [name: string, operation: OperationObject])[] {
  return Object.entries<Record<string, OperationObject>>(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] === undefined ? [] : [[`${method} ${path}`, item[method]] as const])),
  )
}

/** Follows `$ref`s; throws where one leads nowhere. */
function resolve(pointer: string): unknown {
  if (!pointer.startsWith('#/')) throw new Error(`not a local reference: ${pointer}`)
  let at = document
  for (const part of pointer.slice(2).split('/')) {
    at = at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')]
    if (at === undefined) throw new Error(`${pointer} leads nowhere`)
  }
  return at
}

describe('the OpenAPI document', () => {
  test('is 3.1 and names the API', () => {
    expect(document.openapi).toStartWith('3.1')
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
  })

  test('has the routes of every collection, the batch and health', () => {
    const names = operations().map(([name]) => name.replace(/\{[^}]+\}/g, '{}'))
    for (const collection of ['posts', 'comments', 'authors', 'links', 'users']) {
      for (const method of ['get', 'post']) expect(names).toContain(`${method} /api/collections/${collection}`)
      for (const method of ['get', 'put', 'patch', 'delete'])
        expect(names).toContain(`${method} /api/collections/${collection}/{}`)
    }
    expect(names).toContain('post /api/batch')
    expect(names).toContain('get /health')
  })

  test('every operation has a unique id and declares its responses', () => {
    const ids = operations().map(([, operation]) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).not.toContain(undefined)
    for (const [, operation] of operations()) expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
  })

  test('every parameter in a path is declared', () => {
    for (const [path, item] of Object.entries<{ parameters?: OperationObject['parameters'] }>(document.paths)) {
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1])
      for (const method of METHODS) {
        const operation = (item as Record<string, OperationObject>)[method]
        if (operation === undefined) continue
        const declared = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
          .map((one) => ('$ref' in one ? (resolve(String(one.$ref)) as { name: string; in: string }) : one))
          .filter((one) => one.in === 'path')
          .map((one) => one.name)
        expect(`${method} ${path}: ${declared.sort()}`).toBe(`${method} ${path}: ${inPath.sort()}`)
      }
    }
  })

  test('every reference resolves', () => {
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      if ('$ref' in value && typeof value.$ref === 'string') resolve(value.$ref)
      for (const child of Object.values(value)) walk(child)
    }
    walk(document)
  })

  test('describes the fields, except internal ones', () => {
    const text = JSON.stringify(document)
    for (const word of ['view_count', 'Articles of the blog', 'published', '^[a-z0-9-]+$'])
      expect(text).toContain(JSON.stringify(word).slice(1, -1))
    expect(text).not.toContain('inner_note')
    expect(text).not.toContain('_koyalite')
  })

  test('lists the parameters of a list', () => {
    const list = operations().find(([name]) => name === 'get /api/collections/posts')?.[1]
    const names = (list?.parameters ?? []).map((one) =>
      '$ref' in one ? (resolve(String(one.$ref)) as { name: string }).name : one.name,
    )
    expect(names).toEqual(
      expect.arrayContaining(['filter', 'where', 'sort', 'limit', 'offset', 'cursor', 'count', 'expand', 'fields']),
    )
  })
})

test('the docs page works without the internet', async () => {
  const page = expectStatus(await server.anonymous.get('/api/docs'), 200)
  expect(page.headers.get('content-type')).toStartWith('text/html')
  const loaded = [
    ...page.text.matchAll(/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)/gi),
  ].map((match) => match[1] ?? '')
  for (const target of loaded) {
    expect(target).not.toMatch(/^(https?:)?\/\//)
    if (!target.startsWith('data:'))
      expectStatus(await server.anonymous.get(new URL(target, `${server.process.url}/api/docs`).pathname), 200)
  }
})
