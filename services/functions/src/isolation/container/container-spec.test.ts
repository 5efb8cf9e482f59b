import { describe, expect, test } from 'bun:test'
import type { Confinement } from '../isolation'
import { containerSpec } from './container-spec'

const LAUNCH = { command: ['/usr/bin/bun', 'host.js'], env: { TZ: 'UTC', KEY: 'a=b' }, cwd: '/tmp' }
const CONFINEMENT: Confinement = {
  ...{ sockets: '/tmp/koyalite-f-1/s', readable: ['/app/code.js', '/usr/bin/bun'] },
  network: 'none',
  ...{ memory: 64, cpu: 0.5, tasks: 512 },
}
const SETUP = {
  owner: { project: 'p', boot: 'b' },
  ...{ image: 'localhost/koyalite-functions:1', system: ['/usr', '/lib'], output: '/tmp/koyalite-f-2' },
  user: { uid: 10_001, gid: 10_001, userns: null },
} as const

describe('what the engine is asked for', () => {
  // Each of these is a part of the wall. Think twice before one changes.
  test('all of it', () => {
    expect(containerSpec(LAUNCH, CONFINEMENT, SETUP)).toEqual({
      Image: 'localhost/koyalite-functions:1',
      Entrypoint: [],
      Cmd: ['/bin/sh', '-c', 'exec "$@" >/o/out 2>/o/err', 'sh', '/usr/bin/bun', 'host.js'],
      Env: ['TZ=UTC', 'KEY=a=b'],
      WorkingDir: '/tmp',
      StopSignal: 'SIGKILL',
      User: '10001:10001',
      Hostname: 'function',
      Labels: { 'koyalite.project': 'p', 'koyalite.boot': 'b' },
      HostConfig: {
        ReadonlyRootfs: true,
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges', 'label=disable'],
        ...{ Memory: 64, MemorySwap: 64, NanoCpus: 500_000_000, PidsLimit: 512, ShmSize: 1_048_576 },
        Ulimits: [
          { Name: 'core', Soft: 0, Hard: 0 },
          { Name: 'nofile', Soft: 4096, Hard: 4096 },
          { Name: 'nproc', Soft: 32_768, Hard: 32_768 },
          { Name: 'fsize', Soft: 67_108_864, Hard: 67_108_864 },
        ],
        Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,mode=1777,size=67108864' },
        Mounts: [
          // What lies in one of them is not mounted again.
          { Type: 'bind', Source: '/usr', Target: '/usr', ReadOnly: true },
          { Type: 'bind', Source: '/lib', Target: '/lib', ReadOnly: true },
          { Type: 'bind', Source: '/app/code.js', Target: '/app/code.js', ReadOnly: true },
          { Type: 'bind', Source: '/tmp/koyalite-f-1/s', Target: '/s', ReadOnly: false },
          { Type: 'bind', Source: '/tmp/koyalite-f-2', Target: '/o', ReadOnly: true },
        ],
        LogConfig: { Type: 'none' },
        RestartPolicy: { Name: 'no' },
      },
    })
  })

  test('with the network of the machine', () => {
    const shared = containerSpec(LAUNCH, { ...CONFINEMENT, network: 'all' }, SETUP)
    expect(shared).toMatchObject({ HostConfig: { NetworkMode: 'host' } })
    // A network that is shared has a name already.
    expect(shared).not.toHaveProperty('Hostname')
  })

  test('of an engine that runs as an ordinary user', () => {
    const user = { uid: 1000, gid: 100, userns: 'keep-id' } as const
    expect(containerSpec(LAUNCH, CONFINEMENT, { ...SETUP, user })).toMatchObject({
      User: '1000:100',
      HostConfig: { UsernsMode: 'keep-id' },
    })
  })
})
