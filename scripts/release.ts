// `npm run release -- --dry-run | --tag v1.2.3 [--only linux-x64,…]`: builds everything of a release into dist/release, and tries what this
// machine can run. It publishes nothing: .github/workflows/release.yml does, with what this has made.
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildClientPackage } from './client-package/build-client-package'
import { CLIENT_PACKAGES } from './client-package/client-packages'
import { auditDependencies } from './release/audit'
import { buildExecutable } from './release/build-executable'
import { bunRuntime } from './release/bun-runtime'
import { checksums } from './release/checksums'
import { executableProblems } from './release/inspect-executable'
import { packageName, writeLauncherPackage, writePlatformPackage } from './release/npm-packages'
import { runCommand } from './release/run-command'
import { executableName, TARGETS, type Target, targetFor, thisMachine } from './release/targets'
import { noticesText, refusedLicences, thirdParties } from './release/third-party-notices'
import { tryExecutable, tryPackages } from './release/try-release'
import { changelogEntry, releaseVersion } from './release/version'

const ROOT = resolve(import.meta.dir, '..')
const OUT = join(ROOT, 'dist', 'release')
/** Where the workflow runs; none in a trial. */
const REPOSITORY = Bun.env.GITHUB_REPOSITORY
const CACHE = join(ROOT, '.cache', 'runtimes')

const { values } = parseArgs({
  options: { 'dry-run': { type: 'boolean' }, tag: { type: 'string' }, only: { type: 'string' } },
})
if ((values['dry-run'] === true) === (values.tag !== undefined)) {
  console.error('Give either --dry-run or --tag v1.2.3.')
  process.exit(2)
}
try {
  await release(values.tag, targetsNamed(values.only))
} catch (error) {
  console.error(`✗ ${(error as Error).message}`)
  process.exit(1)
}

async function release(tag: string | undefined, targets: readonly Target[]): Promise<void> {
  const version = releaseVersion(ROOT, tag)
  console.log(`KoyaLite ${version}, with Bun ${Bun.version}`)
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })
  writeFileSync(join(OUT, 'NOTES.md'), `${changelogEntry(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), version)}\n`)
  await audit(tag !== undefined)
  writeNotices()

  const archives: string[] = []
  for (const target of targets) archives.push(await buildTarget(target, version))
  const launcher = join(OUT, 'npm', 'koyalite')
  writeLauncherPackage(ROOT, launcher, { version, repository: REPOSITORY })
  await writeClients(version)
  writeFileSync(join(OUT, 'SHA256SUMS'), await checksums(archives))
  done(`SHA256SUMS of ${archives.length} archives`)
  stageImage(targets)

  const here = targets.find((target) => target.name === targetFor(thisMachine())?.name)
  if (here === undefined) return console.log('· nothing of it runs on this machine, so nothing was tried')
  await tryExecutable(executableOf(here), version)
  done('the executable alone in an empty folder: init, seed, dev, a request')
  const packed = join(OUT, 'try')
  mkdirSync(packed)
  const tarballs = [await npmPack(packageFolder(here), packed), await npmPack(launcher, packed)]
  await tryPackages(tarballs, version)
  rmSync(packed, { recursive: true })
  done('the npm packages in an empty folder: npx koyalite')
}

/** Writes the archive for downloads. */
async function buildTarget(target: Target, version: string): Promise<string> {
  const outfile = executableOf(target)
  await buildExecutable({ target, outfile, runtime: await bunRuntime(CACHE, target) })
  const problems = executableProblems(readFileSync(outfile), target)
  if (problems.length > 0) throw new Error(`${target.name}: ${problems.join('; ')}`)
  writePlatformPackage(packageFolder(target), {
    target,
    release: { version, repository: REPOSITORY },
    executable: outfile,
  })
  for (const file of licenceFiles()) copyFileSync(file, join(packageFolder(target), basename(file)))
  const name = `koyalite-${version}-${target.name}.tar.gz`
  for (const file of licenceFiles()) copyFileSync(file, join(OUT, target.name, basename(file)))
  const contents = [executableName(target), ...licenceFiles().map((file) => basename(file))]
  await runCommand(['tar', '-czf', join(OUT, name), ...contents], { cwd: join(OUT, target.name) })
  done(`${target.name.padEnd(16)} ${megabytes(outfile)} executable, ${megabytes(join(OUT, name))} archive`)
  return join(OUT, name)
}

/** Beside those of the executables, with which they are published. */
async function writeClients(version: string): Promise<void> {
  for (const name of CLIENT_PACKAGES) {
    const outdir = join(OUT, 'npm', '@koyalite', name)
    await buildClientPackage(name, { outdir, release: { version, repository: REPOSITORY } })
    done(`the npm package of packages/${name}`)
  }
}

/** The licences of what the executables contain. Throws where one of them may not be shipped. */
function writeNotices(): void {
  const parties = thirdParties(ROOT)
  const refused = refusedLicences(parties)
  if (refused.length > 0) throw new Error(`these licences may not be shipped: ${refused.join(', ')}`)
  const runtime = readFileSync(join(import.meta.dir, 'release', 'runtime-notices.txt'), 'utf8')
  writeFileSync(join(OUT, 'THIRD-PARTY-NOTICES'), noticesText(parties, runtime))
  done(`THIRD-PARTY-NOTICES of ${parties.length} packages`)
}

function licenceFiles(): readonly string[] {
  return [join(ROOT, 'LICENSE'), join(OUT, 'THIRD-PARTY-NOTICES')]
}

async function audit(mustBeClean: boolean): Promise<void> {
  const result = await auditDependencies(ROOT)
  if (result.kind === 'clean') return done('no known holes of high severity in the dependencies')
  if (result.kind === 'vulnerable') throw new Error(`the dependencies have known holes:\n${result.report}`)
  if (mustBeClean) throw new Error(`the dependencies could not be checked for known holes: ${result.reason}`)
  console.log(`· the dependencies were not checked for known holes: ${result.reason}`)
}

/** The folder that the container image is built from; built here where there is an engine for it. */
function stageImage(targets: readonly Target[]): void {
  const folder = join(OUT, 'image')
  mkdirSync(folder)
  copyFileSync(join(ROOT, 'infra/docker/Dockerfile'), join(folder, 'Dockerfile'))
  // Named as container engines name the architectures.
  for (const [cpu, arch] of [
    ['x64', 'amd64'],
    ['arm64', 'arm64'],
  ] as const) {
    const target = targets.find(({ name }) => name === `linux-${cpu}`)
    if (target !== undefined) copyFileSync(executableOf(target), join(folder, `koyalite-${arch}`))
  }
  for (const file of licenceFiles()) copyFileSync(file, join(folder, basename(file)))
  const engine = ['docker', 'podman'].find((name) => Bun.which(name) && Bun.spawnSync([name, 'info']).exitCode === 0)
  if (engine === undefined) {
    console.log('· no container engine runs here: the image is staged, not built')
    return
  }
  const build = Bun.spawnSync([engine, 'build', '--tag', 'koyalite:dry-run', folder])
  if (build.exitCode !== 0) throw new Error(`the image could not be built:\n${build.stderr}`)
  done('the container image')
}

async function npmPack(folder: string, to: string): Promise<string> {
  const printed = await runCommand(['npm', 'pack', '--silent', `--pack-destination=${to}`], { cwd: folder })
  return join(to, printed.trim().split('\n').at(-1) ?? '')
}

function executableOf(target: Target): string {
  return join(OUT, target.name, executableName(target))
}

function packageFolder(target: Target): string {
  return join(OUT, 'npm', packageName(target))
}

function targetsNamed(only: string | undefined): readonly Target[] {
  const names = only?.split(',') ?? TARGETS.map(({ name }) => name)
  const targets = TARGETS.filter(({ name }) => names.includes(name))
  if (targets.length === names.length) return targets
  console.error(`--only takes some of ${TARGETS.map(({ name }) => name).join(',')}`)
  process.exit(2)
}

function megabytes(path: string): string {
  return `${(statSync(path).size / 1_000_000).toFixed(0)} MB`
}

function done(what: string): void {
  console.log(`✓ ${what}`)
}
