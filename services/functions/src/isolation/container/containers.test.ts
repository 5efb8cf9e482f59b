import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOutbound } from '@koyalite/kernel'
import { noContainers, useContainerEngine } from '@koyalite/testkit'
import { chooseIsolation } from '../choose-isolation'
import { createBuildRunner } from '../run-build'
import { findContainers } from './find-containers'

const engine = useContainerEngine()
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'koyalite-containers-')))
const work = join(folder, 'work')
beforeAll(() => mkdirSync(work))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const search = (image: string | null) => ({ dir: folder, socket: engine.socket, image, variables: {} })

describe.skipIf(noContainers !== null)(`containers (${noContainers ?? 'Podman'})`, () => {
  test('a build where there is no sandbox: it writes where it may, without a network, within its memory', async () => {
    const isolations = await chooseIsolation(join(folder, 'host'), search(null))
    expect(isolations.strongest.name).toBe('container')
    const runner = createBuildRunner({
      isolations: { ...isolations, named: (name) => (name === 'sandbox' ? null : isolations.named(name)) },
      outbound: createOutbound(() => ({ allow: [], allowsLoopback: true })),
      programs: folder,
      bun: { executable: process.execPath, env: {} },
    })
    const run = (script: string, memory?: number) =>
      runner.run({
        ...{ command: ['/bin/sh', '-c', script], cwd: work, readable: [], writable: [work], timeoutMs: 60_000 },
        ...(memory === undefined ? {} : { memory }),
      })
    writeFileSync(join(work, 'given'), 'given')
    expect(await run('cat given; echo more >> given; mkdir made; echo x > made/x; ls /sys/class/net')).toEqual({
      output: 'givenlo\n',
      exit: null,
      refused: [],
      refusedPlaces: [],
    })
    expect([readFileSync(join(work, 'given'), 'utf8'), existsSync(join(work, 'made/x'))]).toEqual(['givenmore\n', true])
    expect((await run('touch /usr/x')).exit).toBe('exit code 1')
    expect((await run('tail -n 1 /dev/zero', 50_000_000)).exit).toBe('used more than 48 MB of memory')
    runner.close()
  }, 120_000)

  test('an image of one’s own is all that there is inside', async () => {
    const libraries = Bun.spawnSync(['ldd', '/bin/sh']).stdout.toString().match(/\/\S+/g) ?? []
    const archive = join(folder, 'image.tar')
    const files = ['/bin/sh', ...libraries].map((path) => path.slice(1))
    expect(Bun.spawnSync(['tar', '-C', '/', '--dereference', '-cf', archive, ...files]).success).toBe(true)
    await engine.podman('import', archive, 'localhost/own:1')
    const containers = await findContainers(search('localhost/own:1'))
    if (typeof containers === 'string') throw new Error(containers)
    const sockets = mkdtempSync(join(folder, 's-'))
    const { stdout, ended } = containers.start(
      { command: ['/bin/sh', '-c', 'echo /*'], env: {}, cwd: '/' },
      { sockets, readable: [], network: 'none', memory: 64 << 20, cpu: 1, tasks: 64 },
    )
    const output = await new Response(stdout).text()
    expect(await ended).toEqual({ code: 0, signal: null, isOutOfMemory: false })
    expect(output).toContain('/bin')
    expect(output).not.toContain('/usr')
  }, 60_000)

  test('one that is not on the machine is not looked for elsewhere', async () => {
    expect(await findContainers(search('localhost/absent:1'))).toContain(
      'the image localhost/absent:1 (functions.container.image) is not on this machine: pull or build it first',
    )
  })
})
