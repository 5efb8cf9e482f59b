import { type Architecture, CLONE, IOCTL, MISSING_CALLS, REFUSED_CALLS, SOCKET } from './system-calls'

/**
 * A program for the kernel that decides about each system call of a process and its descendants (seccomp, classic BPF): what `REFUSED_CALLS` has is not
 * permitted, and neither are new namespaces by clone, terminal injection, and sockets of families that namespaces do not confine.
 */
export function seccompFilter(architecture: Architecture): Uint8Array {
  const at = architecture === 'x64' ? 0 : 1
  const program: Instruction[] = [
    load(ARCHITECTURE),
    // Other numbers, other calls: those of 32 bits.
    ...unless(JUMP_EQUAL, AUDIT_ARCHITECTURES[at], KILL),
    load(NUMBER),
    ...(architecture === 'x64' ? when(JUMP_FROM, X32_NUMBERS, errno(ENOSYS)) : []),
    ...numbers(REFUSED_CALLS, at).flatMap((number) => when(JUMP_EQUAL, number, errno(EPERM))),
    ...numbers(MISSING_CALLS, at).flatMap((number) => when(JUMP_EQUAL, number, errno(ENOSYS))),
    ...inCall(CLONE[at], [load(argument(0)), ...when(JUMP_ANY_BIT, NEW_NAMESPACES, errno(EPERM))]),
    ...inCall(IOCTL[at], [
      load(argument(1)),
      ...TERMINAL_INPUT.flatMap((request) => when(JUMP_EQUAL, request, errno(EPERM))),
    ]),
    ...inCall(SOCKET[at], [
      load(argument(0)),
      ...FAMILIES.flatMap((family) => when(JUMP_EQUAL, family, ALLOW)),
      [RETURN, 0, 0, errno(EAFNOSUPPORT)],
    ]),
    [RETURN, 0, 0, ALLOW],
  ]
  return assembled(program)
}

/** A code, how many instructions to skip where it holds and where not, and a number. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number]

const LOAD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_FROM = 0x35
const JUMP_ANY_BIT = 0x45
const RETURN = 0x06

const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (number: number) => 0x00050000 | number
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

// Where what is asked about a call is: struct seccomp_data.
const NUMBER = 0
const ARCHITECTURE = 4
/** Its lower half, which is first. */
const argument = (index: number) => 16 + index * 8

const AUDIT_ARCHITECTURES = [0xc000003e, 0xc00000b7] as const
/** On x64, calls of another kind begin here. */
const X32_NUMBERS = 0x40000000
/** Mount, cgroup, UTS, IPC, user, PID, network. */
const NEW_NAMESPACES = 0x7e020000
/** TIOCSTI, TIOCLINUX. */
const TERMINAL_INPUT = [0x5412, 0x541c]
/** Unix, IPv4, IPv6, netlink. Of others some, such as vsock, lead out of every namespace. */
const FAMILIES = [1, 2, 10, 16]

function load(offset: number): Instruction {
  return [LOAD, 0, 0, offset]
}

function when(test: number, value: number, then: number): Instruction[] {
  return [
    [test, 0, 1, value],
    [RETURN, 0, 0, then],
  ]
}

function unless(test: number, value: number, then: number): Instruction[] {
  return [
    [test, 1, 0, value],
    [RETURN, 0, 0, then],
  ]
}

/** Decides about one call, which is allowed if `body` does not say otherwise. */
function inCall(number: number, body: readonly Instruction[]): Instruction[] {
  return [[JUMP_EQUAL, 0, body.length + 1, number], ...body, [RETURN, 0, 0, ALLOW]]
}

function numbers(calls: typeof REFUSED_CALLS, at: 0 | 1): number[] {
  return Object.values(calls).flatMap((pair) => pair[at] ?? [])
}

/** As the kernel reads it: struct sock_filter, eight bytes each. */
function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8))
  program.forEach(([code, ifTrue, ifFalse, k], index) => {
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, ifTrue)
    bytes.setUint8(index * 8 + 3, ifFalse)
    bytes.setUint32(index * 8 + 4, k, true)
  })
  return new Uint8Array(bytes.buffer)
}
