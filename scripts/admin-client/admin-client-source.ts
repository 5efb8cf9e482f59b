import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openProject } from '@koyalite/server'
import { comment, type JsonSchema, typeText } from './type-text'

const root = resolve(import.meta.dir, '../..')

/** Where it is, from the root of the repository. */
export const ADMIN_CLIENT_FILE = 'packages/client/src/admin/admin-api.ts'

/** What `packages/client` has of the admin API: its types and its routes, from the OpenAPI document that a server makes of them. */
export async function adminClientSource(): Promise<string> {
  return formatted(sourceOf(await openApiDocument()))
}

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

interface Content {
  readonly schema: JsonSchema
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

async function openApiDocument(): Promise<Document> {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-client-'))
  await Bun.write(join(dir, 'schema.yaml'), 'version: 1\ncollections: {}\n')
  const project = await openProject({ dir, overrides: { 'database.path': ':memory:' }, terminal: 'none' })
  try {
    const request = new Request('http://localhost/api/openapi.json')
    const response = await project.current().control.fetch(request, { ip: '127.0.0.1' })
    return (await response.json()) as Document
  } finally {
    await project.close()
    rmSync(dir, { recursive: true })
  }
}

function sourceOf({ paths, components }: Document): string {
  const used = new Set<string>()
  const refer = (name: string) => void used.add(name)
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/admin/'))
    .flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })))
  const types = operations.flatMap(({ operation }) => [inputType(operation, refer), responseType(operation, refer)])
  const shared = [...used]
    .toSorted()
    .map((name) => `export interface ${name} ${typeText(components.schemas[name], { side: 'output', refer })}`)
  return [
    '// Written by `npm run client` from the routes of the server: do not edit.',
    "import type { AdminOperation, CallOptions, RawBody } from './operation'",
    'export interface AdminClient {',
    ...operations.map(({ operation }) => methodText(operation)),
    '}',
    ...types.filter((text) => text !== null),
    ...shared,
    'export const ADMIN_OPERATIONS: Readonly<Record<keyof AdminClient, AdminOperation>> = {',
    ...operations.map(({ path, method, operation }) => operationText(path, method, operation)),
    '}',
    '',
  ].join('\n')
}

function methodText(operation: Operation): string {
  const { operationId: name, summary, description } = operation
  const about = comment(summary, description)
  const { members, isRequired } = inputOf(operation)
  const input = members.length === 0 ? 'input?: undefined' : `input${isRequired ? '' : '?'}: ${typeName(name)}Input`
  return `${about}${name}(${input}, options?: CallOptions): Promise<${resultText(operation)}>`
}

function inputType(operation: Operation, refer: (name: string) => void): string | null {
  const { members } = inputOf(operation, refer)
  return members.length === 0
    ? null
    : `export interface ${typeName(operation.operationId)}Input {\n${members.join('\n')}\n}`
}

function inputOf(operation: Operation, refer: (name: string) => void = () => {}) {
  const { parameters = [], requestBody } = operation
  const groups = [
    { name: 'params', of: parameters.filter((parameter) => parameter.in === 'path') },
    { name: 'query', of: parameters.filter((parameter) => parameter.in === 'query') },
  ]
  const members = groups.flatMap(({ name, of }) => {
    if (of.length === 0) return []
    const properties = Object.fromEntries(of.map(({ name, schema, description }) => [name, { ...schema, description }]))
    const required = of.filter((parameter) => parameter.required).map((parameter) => parameter.name)
    const text = typeText({ type: 'object', properties, required }, { side: 'input', refer })
    return [{ text: `readonly ${name}${required.length === 0 ? '?' : ''}: ${text}`, isRequired: required.length > 0 }]
  })
  if (requestBody !== undefined) {
    const json = requestBody.content['application/json']
    const text = json === undefined ? 'RawBody' : typeText(json.schema, { side: 'input', refer })
    const { required: isRequired } = requestBody
    members.push({ text: `readonly body${isRequired ? '' : '?'}: ${text}`, isRequired })
  }
  return { members: members.map(({ text }) => text), isRequired: members.some((member) => member.isRequired) }
}

function successes({ responses }: Operation) {
  return Object.entries(responses).flatMap(([status, response]) => (/^2\d\d$/.test(status) ? [response] : []))
}

function responseType(operation: Operation, refer: (name: string) => void): string | null {
  if (isRaw(operation)) return null
  const texts = successes(operation).map(({ content }) => {
    const json = content?.['application/json']
    return json === undefined ? 'undefined' : typeText(json.schema, { side: 'output', refer })
  })
  const name = `${typeName(operation.operationId)}Response`
  const [only = 'undefined', ...others] = [...new Set(texts)]
  if (others.length === 0 && only === 'undefined') return null
  return `export type ${name} = ${[only, ...others].join(' | ')}`
}

function resultText(operation: Operation): string {
  if (isRaw(operation)) return 'Response'
  return responseType(operation, () => {}) === null ? 'undefined' : `${typeName(operation.operationId)}Response`
}

function isRaw(operation: Operation): boolean {
  return successes(operation).some(({ content }) => content !== undefined && content['application/json'] === undefined)
}

function operationText(path: string, method: string, operation: Operation): string {
  const [bodyType] = Object.keys(operation.requestBody?.content ?? {})
  const isJson = bodyType === undefined || bodyType === 'application/json'
  return `${operation.operationId}: ${JSON.stringify({
    method: method.toUpperCase(),
    path,
    ...(isJson ? {} : { bodyType }),
    response: isRaw(operation) ? 'raw' : 'json',
  })},`
}

function typeName(operationId: string): string {
  return operationId.charAt(0).toUpperCase() + operationId.slice(1)
}

async function formatted(source: string): Promise<string> {
  const child = Bun.spawn([process.execPath, 'run', 'biome', 'format', `--stdin-file-path=${ADMIN_CLIENT_FILE}`], {
    cwd: root,
    stdin: new Blob([source]),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(`the client of the admin API cannot be formatted:\n${source}`)
  return text
}
