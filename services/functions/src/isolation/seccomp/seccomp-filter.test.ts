import { describe, expect, test } from 'bun:test'
import { seccompFilter } from './seccomp-filter'
import { MISSING_CALLS, REFUSED_CALLS } from './system-calls'

const ALLOWED = 0x7fff0000
const errno = (number: number) => 0x00050000 + number
const ARCHITECTURES = { x64: 0xc000003e, arm64: 0xc00000b7 } as const

/** What the kernel does: `seccomp_data` and a program in, a decision out. */
function decide(filter: Uint8Array, { arch, nr, args = [] }: { arch: number; nr: number; args?: number[] }): number {
  const program = new DataView(filter.buffer)
  const words = new Map([[0, nr], [4, arch], ...args.map((value, index): [number, number] => [16 + index * 8, value])])
  let loaded = 0
  for (let at = 0; ; at++) {
    const code = program.getUint16(at * 8, true)
    const k = program.getUint32(at * 8 + 4, true)
    if (code === 0x06) return k
    if (code === 0x20) {
      loaded = words.get(k) ?? 0
      continue
    }
    const tests: Record<number, boolean> = { 21: loaded === k, 53: loaded >= k, 69: (loaded & k) !== 0 }
    const holds = tests[code]
    if (holds === undefined) throw new Error(`an unknown instruction ${code}`)
    at += program.getUint8(at * 8 + (holds ? 2 : 3))
  }
}

describe.each(['x64', 'arm64'] as const)('the filter of system calls on %s', (architecture) => {
  const filter = seccompFilter(architecture)
  const arch = ARCHITECTURES[architecture]
  const index = architecture === 'x64' ? 0 : 1
  const decided = (nr: number, ...args: number[]) => decide(filter, { arch, nr, args })

  test('refuses what is listed', () => {
    for (const [calls, answer] of [
      [REFUSED_CALLS, errno(1)],
      [MISSING_CALLS, errno(38)],
    ] as const) {
      const numbers = Object.values(calls).flatMap((pair) => pair[index] ?? [])
      expect(numbers.map((number) => decided(number))).toEqual(numbers.map(() => answer))
      expect(new Set(numbers).size).toBe(numbers.length)
    }
  })

  test('and allows the rest: files, memory, threads, processes', () => {
    const names = { x64: [0, 1, 9, 39, 57, 59, 202, 257, 281], arm64: [63, 64, 222, 172, 221, 98, 56, 22] }
    expect(names[architecture].map((number) => decided(number))).toEqual(names[architecture].map(() => ALLOWED))
  })

  test('clone makes threads and processes, no namespaces', () => {
    const clone = architecture === 'x64' ? 56 : 220
    expect([decided(clone, 0x3d0f00), decided(clone, 17)]).toEqual([ALLOWED, ALLOWED])
    for (const flag of [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
      expect(decided(clone, flag | 17)).toBe(errno(1))
  })

  test('no input for terminals, and no sockets that namespaces do not confine', () => {
    const [ioctl, socket] = architecture === 'x64' ? [16, 41] : [29, 198]
    expect([0x5412, 0x541c, 0x5401].map((request) => decided(ioctl, 0, request))).toEqual([errno(1), errno(1), ALLOWED])
    expect([1, 2, 10, 16].map((family) => decided(socket, family))).toEqual([ALLOWED, ALLOWED, ALLOWED, ALLOWED])
    expect([0, 17, 38, 40, 44].map((family) => decided(socket, family))).toEqual(Array(5).fill(errno(97)))
  })

  test('calls of another machine end the process', () => {
    const others = [0x40000003, ARCHITECTURES[architecture === 'x64' ? 'arm64' : 'x64'], 0]
    expect(others.map((other) => decide(filter, { arch: other, nr: 0 }))).toEqual(Array(3).fill(0x80000000))
    if (architecture === 'x64') expect(decided(0x40000000 + 39)).toBe(errno(38))
  })
})
