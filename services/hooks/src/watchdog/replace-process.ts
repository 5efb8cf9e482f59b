import { dlopen, FFIType, ptr } from 'bun:ffi'

/** How a process was started. */
export interface ProcessCommand {
  readonly executable: string
  readonly args: readonly string[]
}

const LIBRARIES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'],
  darwin: ['libSystem.B.dylib'],
}

/**
 * Puts a new process in the place of this one: the same id, the same terminal, and whoever supervises it notices nothing. Its threads end, its sockets, files
 * and locks are closed. Works from any thread, whatever the others do. Where it returns, it could not be done.
 */
export function replaceProcess({ executable, args }: ProcessCommand): void {
  for (const library of LIBRARIES[process.platform] ?? []) {
    try {
      const { symbols } = dlopen(library, {
        execv: { args: [FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
        sigemptyset: { args: [FFIType.ptr], returns: FFIType.i32 },
        pthread_sigmask: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
      })
      const held: Uint8Array[] = []
      const text = (value: string) => {
        const bytes = Buffer.from(`${value}\0`)
        held.push(bytes)
        return ptr(bytes)
      }
      const list = (values: readonly string[]) => {
        const pointers = new BigUint64Array(values.length + 1)
        for (const [index, value] of values.entries()) pointers[index] = BigInt(text(value))
        held.push(new Uint8Array(pointers.buffer))
        return ptr(pointers)
      }
      // The signals that this thread leaves to others would be blocked in the new process.
      const none = new Uint8Array(SIGNAL_SET)
      symbols.sigemptyset(ptr(none))
      symbols.pthread_sigmask(SET_MASK, ptr(none), null)
      symbols.execv(text(executable), list([executable, ...args]))
    } catch {
      // The next one.
    }
  }
}

/** At least what any system needs. */
const SIGNAL_SET = 128
const SET_MASK = process.platform === 'darwin' ? 3 : 2
