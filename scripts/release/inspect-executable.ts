import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Target } from './targets'

/** What is wrong with an executable that was built for a target: its format, its machine, the library inside. Empty when all is right. */
export function executableProblems(bytes: Buffer, target: Target): readonly string[] {
  const problems: string[] = []
  const format = executableFormat(bytes)
  if (format !== `${target.os}-${target.cpu}`) problems.push(`it is a program for ${format}`)
  const drivers = embeddedDrivers(bytes)
  if (drivers.join() !== target.driver)
    problems.push(`the SQLite library inside is for ${drivers.join(', ') || 'nothing'}`)
  return problems
}

/** `linux-x64`, … as the header of an ELF, Mach-O or PE file says; `unknown` for anything else. */
export function executableFormat(bytes: Buffer): string {
  if (bytes.length < 64) return 'unknown'
  if (bytes.readUInt32BE(0) === 0x7f454c46) return `linux-${ELF_MACHINES[bytes.readUInt16LE(18)] ?? 'unknown'}`
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return `darwin-${MACH_CPUS[bytes.readUInt32LE(4)] ?? 'unknown'}`
  const pe = bytes.readUInt32LE(60)
  if (bytes.toString('latin1', 0, 2) === 'MZ' && bytes.toString('latin1', pe, pe + 4) === 'PE\0\0')
    return `win32-${PE_MACHINES[bytes.readUInt16LE(pe + 4)] ?? 'unknown'}`
  return 'unknown'
}

const ELF_MACHINES: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' }
const MACH_CPUS: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' }
const PE_MACHINES: Readonly<Record<number, string>> = { 34404: 'x64', 43620: 'arm64' }

/** The platforms whose library is in the executable, known by a piece from its middle. */
function embeddedDrivers(bytes: Buffer): readonly string[] {
  const sqlite = join(import.meta.dir, '../../packages/sqlite')
  const folder = join(dirname(Bun.resolveSync('better-sqlite3-multiple-ciphers/package.json', sqlite)), 'prebuilds')
  return readdirSync(folder)
    .filter((name) => {
      const library = readFileSync(join(folder, name))
      const middle = Math.floor(library.length / 2)
      return bytes.includes(library.subarray(middle, middle + 256))
    })
    .map((name) => name.replace(/\.node$/, ''))
}
