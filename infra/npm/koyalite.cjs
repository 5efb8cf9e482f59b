#!/usr/bin/env node
// Starts the executable of the package for this platform, which npm has installed beside this one. Plain Node without dependencies.
'use strict'
const { spawn } = require('node:child_process')

const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']
const platform = `${process.platform}-${process.arch}`

function executable() {
  if (!SUPPORTED.includes(platform)) {
    throw new Error(
      `koyalite has no executable for ${process.platform} on ${process.arch}. There are ones for ${SUPPORTED.join(', ')}.\n` +
        'Elsewhere it may run from source with Bun: see its README.',
    )
  }
  const name = `@koyalite/${platform}${isMusl() ? '-musl' : ''}`
  try {
    return require.resolve(`${name}/bin/koyalite${process.platform === 'win32' ? '.exe' : ''}`)
  } catch {
    throw new Error(
      `The package ${name}, with koyalite's executable for this machine, is not installed.\n` +
        'It is an optional dependency: install koyalite again without --no-optional or --omit=optional, and where a lockfile\n' +
        `was made on another platform, add it: npm install ${name}@${require('./package.json').version}`,
    )
  }
}

function isMusl() {
  if (process.platform !== 'linux') return false
  return process.report.getReport().header.glibcVersionRuntime === undefined
}

function main() {
  let file
  try {
    file = executable()
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
  const child = spawn(file, process.argv.slice(2), { stdio: 'inherit' })
  // A supervisor's signal reaches this process only; the child decides when it has ended. A terminal sends Ctrl-C to both: passed on, the
  // child would take it for a second one, which ends it without finishing its requests.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY
  process.on('SIGINT', () => atTerminal || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`koyalite could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

main()
