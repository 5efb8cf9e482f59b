import { describe, expect, test } from 'bun:test'
import { bubblewrapCommand } from './sandbox-isolation'

const LAUNCH = { command: ['/usr/bin/bun', 'host.js'], cwd: '/tmp' }
const CONFINEMENT = {
  sockets: '/tmp/koyalite-f-1/s',
  readable: ['/app/code.js'],
  network: 'none',
  memory: 1,
  cpu: 1,
  tasks: 1,
} as const
const STRICT = { path: '/usr/bin/bwrap', filter: '/data/system-calls.bpf', forbidsNamespaces: true }

describe('what bubblewrap is started with', () => {
  // bubblewrap has no policy of its own: each of these is a part of the wall. Think twice before one changes.
  test('all of it', () => {
    expect(bubblewrapCommand(LAUNCH, CONFINEMENT, STRICT)).toEqual([
      ...['/bin/sh', '-c', 'exec "$@" 3<"$0"', '/data/system-calls.bpf', '/usr/bin/bwrap', '--seccomp', '3'],
      ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
      ...['--uid', '1000', '--gid', '1000', '--cap-drop', 'ALL', '--hostname', 'function'],
      ...['--ro-bind-try', '/usr', '/usr'],
      ...['--ro-bind-try', '/lib', '/lib', '--ro-bind-try', '/lib64', '/lib64', '--ro-bind-try', '/bin', '/bin'],
      ...['--ro-bind-try', '/etc/ssl', '/etc/ssl', '--ro-bind-try', '/etc/ca-certificates', '/etc/ca-certificates'],
      ...[
        '--ro-bind-try',
        '/etc/localtime',
        '/etc/localtime',
        '--ro-bind-try',
        '/etc/alternatives',
        '/etc/alternatives',
      ],
      ...['--proc', '/proc', '--dev', '/dev', '--size', '67108864', '--tmpfs', '/tmp'],
      ...['--ro-bind', '/app/code.js', '/app/code.js', '--bind', '/tmp/koyalite-f-1/s', '/s'],
      ...['--remount-ro', '/', '--remount-ro', '/dev', '--chdir', '/tmp'],
      ...['--', '/bin/sh', '-c'],
      'ulimit -c 0; ulimit -n 4096; ulimit -f 131072; { ulimit -u 512 || ulimit -p 512; } 2>/dev/null; exec "$@"',
      ...['sh', '/usr/bin/bun', 'host.js'],
    ])
  })

  test('with the network of the machine, and what names are looked up by', () => {
    const alone = bubblewrapCommand(LAUNCH, CONFINEMENT, STRICT)
    const shared = bubblewrapCommand(LAUNCH, { ...CONFINEMENT, network: 'all' }, STRICT)
    const files = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf']
    expect(shared.filter((argument) => !alone.includes(argument))).toEqual([
      '--share-net',
      ...files.flatMap((path) => [path, path]),
    ])
  })

  test('where namespaces cannot be forbidden and system calls not be filtered', () => {
    const plain = bubblewrapCommand(LAUNCH, CONFINEMENT, { ...STRICT, filter: null, forbidsNamespaces: false })
    expect(plain.slice(0, 3)).toEqual(['/usr/bin/bwrap', '--unshare-all', '--die-with-parent'])
  })
})
