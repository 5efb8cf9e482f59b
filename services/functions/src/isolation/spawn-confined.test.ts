import { describe, expect, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import { findControlGroups } from './control-groups'
import { spawnConfined } from './spawn-confined'

const groups = findControlGroups()
const shell = (code: string) =>
  spawnConfined(
    { command: ['/bin/sh', '-c', code], env: { GIVEN: 'yes' }, cwd: '/' },
    { memory: 64 << 20, cpu: 0.5, tasks: 512 },
    groups,
  )

test('a program has its own environment and nothing of ours, and says how it ended', async () => {
  const program = shell('echo "$GIVEN $PWD $HOME"; echo wrong >&2; exit 3')
  expect(await new Response(program.stdout).text()).toBe('yes / \n')
  expect(await new Response(program.stderr).text()).toBe('wrong\n')
  expect(await program.ended).toEqual({ code: 3, signal: null, isOutOfMemory: false })
  expect(program.hasEnded).toBe(true)
})

// Whoever runs `sleep` keeps the output open: that it comes to an end is the proof.
test('it is ended with what it has started', async () => {
  const program = shell('sleep 600 & echo started; wait')
  const output = new Response(program.stdout).text()
  expect(program.hasEnded).toBe(false)
  program.kill()
  expect((await program.ended).signal).toBe('SIGKILL')
  await output
})

test('what it leaves behind ends with it', async () => {
  const program = shell('sleep 600 & echo started')
  expect(await new Response(program.stdout).text()).toBe('started\n')
  expect(await program.ended).toEqual({ code: 0, signal: null, isOutOfMemory: false })
})

describe.skipIf(groups === null)('the kernel bounds it', () => {
  test('in processes: a bomb stops growing', async () => {
    const program = shell('b() { b | b & }; b; sleep 600')
    await Bun.sleep(500)
    const { processes = 0 } = program.usage(10_000) ?? {}
    program.kill()
    await program.ended
    expect(processes).toBeLessThanOrEqual(512)
  })

  test('in memory, however fast it grows', async () => {
    const { ended, stdout } = shell('head -c 900000000 /dev/zero | tail -n 1 | wc -c')
    void new Response(stdout).text()
    expect((await ended).isOutOfMemory).toBe(true)
  })

  test('in processors', async () => {
    const program = shell('timeout 1 sh -c "while :; do :; done"; times')
    const [, children = ''] = (await new Response(program.stdout).text()).trim().split('\n')
    const [, minutes, seconds] = /^(\d+)m([\d.]+)s/.exec(children) ?? []
    expect(Number(minutes) * 60 + Number(seconds)).toBeLessThan(0.8)
  })

  test('and leaves no group behind', async () => {
    const program = shell('echo 1')
    await program.ended
    await until(() => groupsOf(process.pid).length === 0)
  })
})

function groupsOf(pid: number): readonly string[] {
  return [...new Bun.Glob(`/sys/fs/cgroup/**/koyalite-${pid}/*/cgroup.procs`).scanSync({ cwd: '/', absolute: true })]
}
