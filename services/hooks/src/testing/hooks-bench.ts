import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type Actor,
  AppError,
  type CodeBundler,
  type CodeCaller,
  type CodeDoors,
  type CodedProvider,
  type HookCall,
  type HookDocuments,
  type LaterHookDocuments,
  type Tx,
} from '@koyalite/contracts'
import { type Log, NO_LOG } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { createHooks, type Hooks } from '../create-hooks'

/** Hooks of files, with documents, jobs, events and mails that are written down. */
export interface HooksBench {
  readonly dir: string
  readonly hooks: Hooks
  /** Those of accounts that were taken over. */
  readonly providers: readonly CodedProvider[]
  /** What hooks asked for, in their order. */
  readonly asked: unknown[]
  readonly logged: { readonly level: string; readonly message: string }[]
  write(file: string, text: string): void
  remove(): void
}

const BOB: Actor = {
  kind: 'user',
  id: 'u1',
  email: 'bob@example.com',
  role: 'user',
  verified: true,
  metadata: null,
  claims: null,
  sessionId: '',
}

export const CALL: HookCall = {
  ...{ collection: 'posts', operation: 'create', actor: BOB, time: 0, ip: '203.0.113.1', requestId: 'r1' },
  ...{ chain: null, depth: 0 },
}

/** Stands for a transaction, which hooks hand on. */
export const TX = {} as Tx

export function hooksBench(files: Readonly<Record<string, string>>, { isDev = false } = {}): HooksBench {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'koyalite-hooks-')))
  const asked: unknown[] = []
  const providers: CodedProvider[] = []
  const logged: { readonly level: string; readonly message: string }[] = []
  const line = (level: string) => (_: object, message: string) => void logged.push({ level, message })
  const log: Log = { ...NO_LOG, info: line('info'), warn: line('warn'), error: line('error') }
  const note = (what: string) => (_: Tx, caller: CodeCaller, sent: unknown) => {
    asked.push([what, caller.actor.kind, sent])
    return what === 'push' ? { jobs: [{ id: 'j1', created: true }] } : { id: 'm1', created: true }
  }
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  const collections = new Map(['posts', 'counts'].map((name) => [name, {}]))
  const hooks = createHooks({
    ...{ dir, log, isDev, bundler: plainBundler(dir) },
    database: { write: async (run) => ({ value: run(TX), seq: 0 }) as never },
    effects: { push: note('push'), publish: note('publish'), send: note('send') },
    codeDocuments: { within: (_tx, _request, run) => run(documentsOf(asked)), later: () => laterDocumentsOf(asked) },
    doors: DOORS,
    provide(next) {
      const taken = next.filter(({ name }) => name === 'google')
      if (taken.length === 0) providers.splice(0, providers.length, ...next)
      return taken.map(({ name }) => ({ name, message: 'it is taken' }))
    },
    project: () => ({ schema: { collections } as unknown as Schema, variables: { KEY: 'value' } }),
  })
  return {
    ...{ dir, hooks, asked, logged, providers, write },
    remove() {
      hooks.close()
      rmSync(dir, { recursive: true })
    },
  }
}

/** Access is `true`, `user` or an error; schemas are lists of what is required. */
const DOORS: CodeDoors = {
  access: (source) =>
    ['true', 'user'].includes(source)
      ? { ok: true, allows: ({ kind }) => source === 'true' || kind === 'user' }
      : { ok: false, problems: [`unknown name '${source}'`] },
  schema: (written: unknown, role) =>
    isNames(written)
      ? {
          ok: true,
          schema: {
            violations: (value) =>
              written
                .filter((name) => !Object.hasOwn(Object(value), name))
                .map((name) => ({ field: name, code: 'required', message: `${name} is required` })),
            component: () => ({ required: written }),
          },
        }
      : { ok: false, problems: [`${role}: must be a list`] },
}

function isNames(written: unknown): written is readonly string[] {
  return Array.isArray(written)
}

/** Documents that are written down in `asked`; one that is to be created with `refused` is. */
export function documentsOf(asked: unknown[]): HookDocuments {
  const note =
    <T>(name: string, value: T) =>
    (...args: unknown[]): T => {
      asked.push([name, ...args])
      if (JSON.stringify(args).includes('refused')) throw new AppError('CONFLICT', 'there is one like it')
      return value
    }
  return {
    get: note('get', null),
    list: note('list', []),
    count: note('count', 0),
    create: note('create', { id: 'c1' }),
    update: note('update', { id: 'c1' }),
    delete: note('delete', undefined),
  }
}

export function laterDocumentsOf(asked: unknown[]): LaterHookDocuments {
  const documents = Object.entries(documentsOf(asked))
  return Object.fromEntries(
    documents.map(([name, run]) => [name, async (...args: never[]) => (run as (...args: never[]) => unknown)(...args)]),
  ) as unknown as LaterHookDocuments
}

/** As the service of functions does it, but in this process. */
function plainBundler(dir: string): CodeBundler {
  const sdk = join(import.meta.dir, '../../../../packages/hooks/src/index.ts')
  return {
    async bundle(entry) {
      const { outputs } = await Bun.build({
        entrypoints: [join(dir, entry)],
        target: 'bun',
        plugins: [
          {
            name: 'hooks',
            setup(build) {
              build.onResolve({ filter: /^@koyalite\/hooks$/ }, () => ({ path: sdk }))
            },
          },
        ],
      })
      const code = (await outputs[0]?.text()) ?? ''
      const hash = new Bun.CryptoHasher('sha256').update(code).digest('hex').slice(0, 32)
      const path = join(dir, 'data', 'hooks', `${hash}.js`)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, code)
      return { ok: true, path, hash, sources: [] }
    },
  }
}
