import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { apiErrorOf, type Project } from '../project'
import type { DumpPlan } from './dump-plan'
import { type PrivateOutput, privateOutput } from './private-output'
import { standardOutput } from './standard-output'

export interface DumpJob {
  readonly project: Project
  readonly plan: DumpPlan
  /** `-` is stdout. */
  readonly path: string
  /** Of the only collection: which documents, as in a list. */
  readonly filter: readonly string[]
  readonly where: string | undefined
  /** JSON: the values of `where`. */
  readonly params: string | undefined
  /** Told of a value that the dump does not have as it is stored. */
  readonly onUnlike: (line: string) => void
  /** Bytes so far. */
  readonly onWritten: (bytes: number) => void
}

/** Writes a dump of one snapshot; a file with its final name is complete. Returns the number of bytes. */
export async function dumpProject(job: DumpJob): Promise<number> {
  const { project, plan, path, onWritten } = job
  let bytes = 0
  const written = (text: string | Uint8Array) => {
    bytes += text.length
    onWritten(bytes)
  }
  if (plan.kind === 'folder') {
    await inFolder(path.replace(/\/+$/, ''), plan, async (outputs) => {
      for await (const { collection, text } of frames(project, {
        ...job,
        format: plan.format,
        collections: plan.collections,
      })) {
        await outputs.get(collection)?.write(text)
        written(text)
      }
    })
    return bytes
  }
  await inFile(path, async (output) => {
    if (plan.kind === 'lines') {
      for await (const { collection, text } of frames(project, {
        ...job,
        format: 'ndjson',
        collections: plan.collections,
      })) {
        await output.write(wrapped(collection, text))
        written(text)
      }
      return
    }
    const collections = plan.collection === null ? [] : [plan.collection]
    for await (const chunk of await request(project, { ...job, format: plan.format, collections, frames: false })) {
      await output.write(chunk)
      written(chunk)
    }
  })
  return bytes
}

async function inFile(path: string, work: (output: PrivateOutput) => Promise<void>): Promise<void> {
  const output = path === '-' ? standardOutput() : privateOutput(path)
  try {
    await work(output)
    output.finish()
  } catch (error) {
    output.abandon()
    throw error
  }
}

/** The folder gets its name when all its files are complete. */
async function inFolder(
  path: string,
  { collections, format }: DumpPlan & { kind: 'folder' },
  work: (outputs: ReadonlyMap<string, PrivateOutput>) => Promise<void>,
): Promise<void> {
  const part = `${path}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true, mode: 0o700 })
  const outputs = new Map(collections.map((name) => [name, privateOutput(join(part, `${name}.${format}`))]))
  try {
    await work(outputs)
    for (const output of outputs.values()) output.finish()
    // It is empty, or the plan would have been refused.
    rmSync(path, { recursive: true, force: true })
    renameSync(part, path)
  } catch (error) {
    for (const output of outputs.values()) output.abandon()
    rmSync(part, { recursive: true, force: true })
    throw error
  }
}

interface DumpQuery extends Pick<DumpJob, 'onUnlike' | 'filter' | 'where' | 'params'> {
  readonly format: string
  readonly collections: readonly string[]
  readonly frames: boolean
}

async function request(project: Project, query: DumpQuery): Promise<AsyncIterable<Uint8Array>> {
  const parameters = new URLSearchParams({ format: query.format, frames: String(query.frames) })
  for (const name of query.collections) parameters.append('collection', name)
  for (const filter of query.filter) parameters.append('filter', filter)
  if (query.where !== undefined) parameters.set('where', query.where)
  if (query.params !== undefined) parameters.set('params', query.params)
  const response = await project.fetch(`/api/admin/dump?${parameters}`)
  if (!response.ok || response.body === null) throw apiErrorOf(response.status, await response.text())
  const unlike = JSON.parse(response.headers.get('koyalite-dump-unlike') ?? '[]') as readonly string[]
  for (const line of unlike) query.onUnlike(line)
  return response.body
}

interface Frame {
  readonly collection: string
  /** Whole lines. */
  readonly text: string
}

/** Several collections come in one answer, as lines that say which one a text belongs to. */
async function* frames(project: Project, query: Omit<DumpQuery, 'frames'>): AsyncIterable<Frame> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of await request(project, { ...query, frames: true })) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Frame
  }
}

function wrapped(collection: string, text: string): string {
  const head = `{"collection":${JSON.stringify(collection)},"document":`
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `${head}${line}}\n`))
    .join('')
}
