import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createApi,
  createKey,
  createProject,
  expectStatus,
  freePort,
  LiveSocket,
  openEventStream,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const PAGE = readFileSync(join(import.meta.dir, '../docs/deployment.md'), 'utf8')
const block = (language: string) => {
  const [, text = ''] = new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'm').exec(PAGE) ?? []
  expect(text).not.toBe('')
  return text
}
const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
    rules:
      read: "true"
      create: "auth.id != null && request.ip == '127.0.0.1'"
`
const SETTINGS = block('yaml')
const FILES = { 'koyalite.production.yaml': SETTINGS, '.env.production': block('ini') }

/** Runs a command that should have nothing to say. */
function expectQuiet(words: readonly string[]): void {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...words], { stdout: 'pipe', stderr: 'pipe' })
  const output = `${stdout}${stderr}`
  expect({ words, exitCode, output: exitCode === 0 ? '' : output }).toEqual({ words, exitCode: 0, output: '' })
}

interface Proxy {
  readonly name: 'nginx' | 'caddy'
  /** Writes its files, and returns the words that start it. */
  readonly set: (project: TempProject, port: number, to: number) => readonly string[]
}

const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    set(project, port, to) {
      const page = block('nginx')
        .replace('listen 443 ssl http2', `listen 127.0.0.1:${port}`)
        .replace(/^ *ssl_.*\n/gm, '')
      const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
        mkdirSync(project.path(name))
        return `${name}_temp_path ${project.path(name)};\n`
      })
      const http = `access_log off;\n${folders.join('')}${page.replace('127.0.0.1:8090', `127.0.0.1:${to}`)}`
      const head = `daemon off;\npid ${project.path('pid')};\nerror_log stderr;\nworker_processes 1;\n`
      project.write('nginx.conf', `${head}events {}\nhttp {\n${http}}\n`)
      return ['nginx', '-p', project.dir, '-c', project.path('nginx.conf'), '-e', 'stderr']
    },
  },
  {
    name: 'caddy',
    set(project, port, to) {
      const page = block('caddy').replace('tasks.example.com', `http://127.0.0.1:${port}`)
      project.write('Caddyfile', `{\n\tadmin off\n}\n${page.replace('127.0.0.1:8090', `127.0.0.1:${to}`)}`)
      return ['caddy', 'run', '--config', project.path('Caddyfile')]
    },
  },
]

describe('docs/deployment.md', () => {
  let project: TempProject
  let server: ServerProcess
  let token: string
  beforeAll(async () => {
    project = createProject({ schema: SCHEMA, files: { ...FILES, 'public/index.html': '<title>Tasks</title>' } })
    server = await startServer(project)
    const account = { email: 'ann@example.com', password: 'correct horse battery' }
    token = expectStatus(await createApi(server.url).post('/api/auth/register', account), 201).body.access_token
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  for (const { name, set } of PROXIES) {
    // Not on this machine: npm test installs it where it may, and says otherwise that it is missing.
    describe.skipIf(Bun.which(name) === null)(`${name} in front of it`, () => {
      const port = freePort()
      const url = `http://127.0.0.1:${port}`
      let folder: TempProject
      let proxy: Bun.Subprocess
      beforeAll(async () => {
        folder = createProject()
        const home = folder.dir
        const env = { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home }
        proxy = Bun.spawn([...set(folder, port, server.port)], { env, stdout: 'ignore', stderr: 'pipe' })
        await until(async () => (await fetch(`${url}/health/live`).catch(() => null))?.status === 200, {
          what: `${name} serves`,
        })
      })
      afterAll(async () => {
        proxy?.kill('SIGTERM')
        await proxy?.exited
        folder?.remove()
      })

      test('the start page is the one of the project', async () => {
        const response = await fetch(url)
        expect(await response.text()).toBe('<title>Tasks</title>')
      })

      test('clients have their own address, and not one that they choose', async () => {
        const api = createApi(url, token)
        const create = (headers: Record<string, string>) => api.post('/api/collections/notes', { text: name }, headers)
        expectStatus(await create({}), 201)
        expectStatus(await create({ 'x-forwarded-for': '203.0.113.9' }), 201)
      })

      test('clients are not callers on this machine', async () => {
        expect((await fetch(`${server.url}/metrics`)).status).toBe(200)
        expect((await fetch(`${url}/metrics`)).status).toBe(401)
      })

      test('live lists come at once, over WebSocket and as events', async () => {
        const api = createApi(url, token)
        const socket = await LiveSocket.open(url, { token, headers: { origin: 'https://tasks.example.com' } })
        const followed = socket.follow({ collection: 'notes', sort: ['-id'], limit: 1 })
        const events = await openEventStream(`${url}/api/collections/notes/live?sort=-id&limit=1`)
        const until1 = async (type: string) => {
          for (;;) {
            const event = await events.next()
            if (event === null || event.event === type) return event?.data.payload
          }
        }
        await until1('snapshot')
        await until(() => followed.list.docs !== null && followed.list.docs.length > 0)
        const { body } = await api.post('/api/collections/notes', { text: 'live' })
        expect((await until1('delta')).changes.inserts[0].doc).toEqual(body)
        await until(() => JSON.stringify(followed.list.docs) === JSON.stringify([body]))
        await events.close()
        await socket.close()
      })
    })
  }

  test.skipIf(Bun.which('nginx') === null || Bun.which('openssl') === null)('nginx accepts its file as it is', () => {
    const folder = createProject()
    const [cert, key] = [folder.path('fullchain.pem'), folder.path('privkey.pem')]
    const subject = ['-subj', '/CN=tasks.example.com', '-days', '1']
    expectQuiet(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject])
    const page = block('nginx').replaceAll('/etc/letsencrypt/live/tasks.example.com', folder.dir)
    const head = `pid ${folder.path('pid')};\nerror_log stderr;\nevents {}\n`
    folder.write('nginx.conf', `${head}http {\naccess_log off;\n${page}}\n`)
    expectQuiet(['nginx', '-t', '-p', folder.dir, '-c', folder.path('nginx.conf'), '-e', 'stderr'])
    folder.remove()
  })

  test.skipIf(Bun.which('systemd-analyze') === null)('systemd accepts the unit', () => {
    const folder = createProject()
    folder.write('team-tasks.service', block('systemd').replace('/usr/local/bin/koyalite', process.execPath))
    const { stdout, stderr } = Bun.spawnSync(['systemd-analyze', 'verify', folder.path('team-tasks.service')])
    expect(`${stdout}${stderr}`).toBe('')
    folder.remove()
  })

  test('what it says of the image is so', () => {
    const file = readFileSync(join(import.meta.dir, '../infra/docker/Dockerfile'), 'utf8')
    for (const line of ['WORKDIR /project', 'USER nonroot:nonroot', 'STOPSIGNAL SIGTERM', 'EXPOSE 8090']) {
      expect(file).toContain(line)
    }
    expect(file).toContain('KOYALITE_ENV=production KOYALITE_SERVER_HOST=0.0.0.0 KOYALITE_SERVER_PORT=8090')
    expect(PAGE).toContain('ghcr.io/koyalite/koyalite')
  })

  test('its commands move a project: users stay signed in, and keys stay valid', async () => {
    const run = async (text: string, dir: string) => {
      expect(PAGE).toContain(`koyalite ${text}\n`)
      const result = await runKoyalite(text.split(' '), { cwd: dir, env: { KOYALITE_ENV: 'production' } })
      expect({ text, ...result, stdout: '' }).toEqual({ text, code: 0, stdout: '', stderr: expect.any(String) })
    }
    for (const text of ['migrate status', 'db backup', 'db backups --verify']) await run(text, project.dir)
    const key = await createKey(project)
    await server.kill('SIGTERM')
    await run('db backup --to team-tasks.tar', project.dir)
    const moved = createProject({ schema: SCHEMA, files: FILES })
    await Bun.write(moved.path('team-tasks.tar'), Bun.file(project.path('team-tasks.tar')))
    await run('db restore team-tasks.tar --recover --yes', moved.dir)
    server = await startServer(moved)
    expectStatus(await createApi(server.url, token).get('/api/auth/me'), 200)
    expectStatus(await createApi(server.url, key).get('/api/admin/users'), 200)
    moved.remove()
  })
})
