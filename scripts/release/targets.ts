export interface Target {
  /** Names the executable, the npm package and the archive: `linux-x64`. */
  readonly name: string
  /** As npm and Node name it. */
  readonly os: 'linux' | 'darwin' | 'win32'
  readonly cpu: 'x64' | 'arm64'
  readonly libc?: 'glibc' | 'musl'
  /** npm package with Bun's runtime for it. */
  readonly runtime: string
  /** What `bun build --target` calls it. */
  readonly bunTarget: string
  /** The library of the SQLite driver that belongs into it, in the driver's `prebuilds/`. */
  readonly driver: string
}

/** Everything that a release is built for. */
export const TARGETS: readonly Target[] = [
  target('linux', 'x64', 'glibc'),
  target('linux', 'arm64', 'glibc'),
  target('linux', 'x64', 'musl'),
  target('linux', 'arm64', 'musl'),
  target('darwin', 'x64'),
  target('darwin', 'arm64'),
  target('win32', 'x64'),
  target('win32', 'arm64'),
]

export interface Machine {
  readonly platform: string
  readonly arch: string
  /** Undefined on musl, and where there is no such thing. */
  readonly glibc: string | undefined
}

/** What runs on a machine; undefined where nothing is built for it. */
export function targetFor({ platform, arch, glibc }: Machine): Target | undefined {
  const libc = platform === 'linux' ? (glibc === undefined ? 'musl' : 'glibc') : undefined
  return TARGETS.find((target) => target.os === platform && target.cpu === arch && target.libc === libc)
}

export function thisMachine(): Machine {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return { platform: process.platform, arch: process.arch, glibc: header?.glibcVersionRuntime }
}

/** The file of the executable. */
export function executableName({ os }: Target): string {
  return os === 'win32' ? 'koyalite.exe' : 'koyalite'
}

function target(os: Target['os'], cpu: Target['cpu'], libc?: Target['libc']): Target {
  const musl = libc === 'musl' ? '-musl' : ''
  const bunOs = os === 'win32' ? 'windows' : os
  return {
    name: `${os}-${cpu}${musl}`,
    os,
    cpu,
    ...(libc === undefined ? {} : { libc }),
    runtime: `@oven/bun-${bunOs}-${cpu === 'arm64' ? 'aarch64' : cpu}${musl}`,
    bunTarget: `bun-${bunOs}-${cpu}${musl}`,
    driver: `${os}${musl.replace('-', '')}-${cpu}`,
  }
}
