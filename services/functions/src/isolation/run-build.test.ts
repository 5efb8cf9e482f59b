import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOutbound } from '@koyalite/kernel'
import { chooseIsolation, type Isolations } from './choose-isolation'
import { processIsolation } from './process-isolation'
import { type Build, type BuildRunner, createBuildRunner } from './run-build'

const EGRESS = join(import.meta.dir, '../../../../packages/functions/src/egress/main.ts')

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'koyalite-build-')))
const [programs, work, secret] = ['programs', 'work', 'secret'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const registry = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('a package') })
const place = `127.0.0.1:${registry.port}`
const found = await chooseIsolation(join(folder, 'host'))
const onlyProcess: Isolations = {
  strongest: processIsolation(null),
  named: () => null,
  whyNot: () => null,
  isBounded: false,
}
const runners: BuildRunner[] = []

beforeAll(async () => {
  for (const path of [programs, work, secret]) mkdirSync(path)
  writeFileSync(join(secret, 'key'), 'secret')
  writeFileSync(join(programs, 'bunfig.toml'), '')
  await Bun.build({ entrypoints: [EGRESS], target: 'bun', outdir: programs, naming: 'egress.js' })
})
afterAll(async () => {
  for (const runner of runners) runner.close()
  await registry.stop(true)
  rmSync(folder, { recursive: true })
})

function runnerWith(isolations: Isolations): BuildRunner {
  const outbound = createOutbound(() => ({ allow: [], allowsLoopback: true }))
  const runner = createBuildRunner({ isolations, outbound, programs, bun: { executable: process.execPath, env: {} } })
  runners.push(runner)
  return runner
}

const shell = (script: string, more: Partial<Build> = {}): Build => ({
  ...{ command: ['/bin/sh', '-c', script], cwd: work, readable: [], writable: [work], timeoutMs: 20_000 },
  ...more,
})
const ASK = `${JSON.stringify(process.execPath)} -e 'console.log(await (await fetch(process.argv[1])).text())'`

const KINDS = [
  ['process', onlyProcess],
  ['sandbox', found],
] as const

for (const [kind, isolations] of KINDS) {
  describe.skipIf(kind === 'sandbox' && found.named('sandbox') === null)(`a build in a ${kind}`, () => {
    const runner = runnerWith(isolations)

    test('writes where it may; what it says and how it ended are known', async () => {
      const { output, ...end } = await runner.run(shell('pwd; echo $HOME >&2; echo made > made'))
      expect([output, end]).toEqual([`${work}\n${work}\n`, { exit: null, refused: [], refusedPlaces: [] }])
      expect(readFileSync(join(work, 'made'), 'utf8')).toBe('made\n')
      expect((await runner.run(shell('exit 3'))).exit).toBe('exit code 3')
    })

    test('has nothing of the environment of the server', async () => {
      const { output } = await runner.run(shell('env', { env: { TOKEN: 'given' } }))
      const names = output.split('\n').map((line) => line.split('=')[0] ?? '')
      const shellOwn = ['PWD', 'OLDPWD', 'SHLVL', '_', '']
      const expected = ['HOME', 'LANG', 'NO_COLOR', 'PATH', 'TMPDIR', 'TOKEN', 'TZ']
      expect(names.filter((name) => !shellOwn.includes(name)).sort()).toEqual(expected)
    })

    test('reaches the registries that are named, and nothing else', async () => {
      const readable = [process.execPath]
      const ask = shell(`${ASK} http://${place}/`, { hosts: [place], readable })
      expect(await runner.run(ask)).toEqual({ output: 'a package\n', exit: null, refused: [], refusedPlaces: [] })
      const elsewhere = await runner.run({ ...ask, hosts: ['registry.example:443'] })
      const why = `a build may not reach ${place}: only registry.example:443`
      expect(elsewhere).toMatchObject({ output: `${why}\n\n`, refused: [why], refusedPlaces: [place] })
    })

    test('is ended when it takes too long, or too much; so is what it has started', async () => {
      const late = await runner.run(shell('sleep 100 & sleep 100', { timeoutMs: 200 }))
      expect(late.exit).toBe('took more than 0.2 s')
      const flood = 'x=0123456789abcdef; while :; do x=$x$x; done'
      expect((await runner.run(shell(flood, { memory: 50_000_000 }))).exit).toBe('used more than 48 MB of memory')
    })

    test('of endless output the end is kept', async () => {
      const { output } = await runner.run(shell('i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done'))
      expect([output.length <= 64 * 1024, output.endsWith('line 29999\n')]).toEqual([true, true])
    })
  })
}

describe.skipIf(found.named('sandbox') === null)('a build in a sandbox', () => {
  test('sees no other files, writes nowhere else, and has no network but its registries', async () => {
    const runner = runnerWith(found)
    const readable = [process.execPath]
    const { output } = await runner.run(
      shell(`cat ${secret}/key; ls /root /home; touch ${programs}/x /usr/x; ${ASK} http://${place}/`, { readable }),
    )
    expect(output).not.toMatch(/^secret|a package/m)
    expect([existsSync(join(programs, 'x')), existsSync('/usr/x')]).toEqual([false, false])
  })
})

test('the server stops: what runs is ended, and nothing begins', async () => {
  const runner = runnerWith(onlyProcess)
  const running = runner.run(shell('echo began > began; sleep 100'))
  while (!existsSync(join(work, 'began'))) await Bun.sleep(5)
  runner.close()
  expect((await running).exit).toBe('the server stops')
  expect((await runner.run(shell('true'))).exit).toBe('the server stops')
})
