import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientMetadata } from '@koyalite/codegen'
import { buildTsconfig } from '@koyalite/functions-service'
import { processEnvironment } from '@koyalite/kernel'
import { functionFiles } from './function-files'
import { ProjectError } from './project-error'
import { type RunningServer, startServer } from './start-server'

/** A server of a project for the tests of its functions. */
export interface FunctionTests {
  readonly server: RunningServer
  /** Runs `bun test` in the project's folder; resolves to its exit code. */
  run(options: RunOptions): Promise<number>
  close(): Promise<void>
}

export interface RunOptions {
  /** Of `bun test`: options, and files from the project's folder. */
  readonly args: readonly string[]
  /** A descriptor for what tests print. */
  readonly stdout: number
  /** A test begins: the data is to be that of the seeds. */
  reset(): Promise<void>
}

/** Nothing of it reaches anything outside, or stays. */
const OVERRIDES = {
  'database.path': ':memory:',
  'server.host': '127.0.0.1',
  'server.port': '0',
  'studio.enabled': 'false',
  'email.transport': 'log',
  'logs.level': 'error',
}

/**
 * Serves the project in `dir` on a database in memory. What tests import of KoyaLite is carried along, as it is for functions: nothing has to be installed.
 * Throws ProjectError where it cannot be served, or is one of production.
 */
export async function openFunctionTests(dir: string): Promise<FunctionTests> {
  const server = await startServer({ dir, mode: 'dev', overrides: OVERRIDES, terminal: 'none' })
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-tests-'))
  const close = async () => {
    rmSync(folder, { recursive: true, force: true })
    await server.close()
  }
  try {
    const { environment } = server.project.current()
    if (environment === 'production')
      throw new ProjectError(['KOYALITE_ENV is production, where data cannot be reset: tests run in dev or staging.'])
    const programs = await functionFiles.unpack(folder)
    const [tsconfig, connection] = [join(folder, 'tsconfig.json'), join(folder, 'connection.json')]
    writeFileSync(
      tsconfig,
      buildTsconfig(dir, {
        '@koyalite/functions': [join(programs, 'sdk.js')],
        '@koyalite/functions/testing': [join(programs, 'testing.js')],
      }),
    )
    writeFileSync(connection, JSON.stringify(await connectionOf(server)), { mode: 0o600 })
    return { server, close, run: (options) => runBun(dir, { ...options, tsconfig, connection }) }
  } catch (error) {
    await close()
    throw error
  }
}

/** What `useProject` of `@koyalite/functions/testing` reads. */
async function connectionOf({ url, project }: RunningServer): Promise<object> {
  const { control, schema } = project.current()
  const request = new Request('http://localhost/api/admin/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'tests', scopes: [{ scope: 'admin' }] }),
  })
  const response = await control.fetch(request, { ip: '127.0.0.1' })
  if (!response.ok) throw new Error(`no key could be made for the tests: ${await response.text()}`)
  const { key } = (await response.json()) as { readonly key: string }
  return { url, key, collections: clientMetadata(schema) }
}

async function runBun(
  dir: string,
  {
    args,
    stdout,
    reset,
    tsconfig,
    connection,
  }: RunOptions & { readonly tsconfig: string; readonly connection: string },
): Promise<number> {
  const { executable, env } = functionFiles.bun
  const child = Bun.spawn([executable, `--tsconfig-override=${tsconfig}`, 'test', ...args], {
    cwd: dir,
    env: { ...processEnvironment(), ...env, KOYALITE_TEST: connection },
    stdio: ['inherit', stdout, 'inherit'],
    async ipc(message: { readonly reset: number }, asking) {
      try {
        await reset()
        asking.send({ reset: message.reset })
      } catch (error) {
        asking.send({ reset: message.reset, error: error instanceof Error ? error.message : String(error) })
      }
    },
  })
  return child.exited
}
