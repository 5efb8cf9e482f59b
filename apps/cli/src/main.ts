#!/usr/bin/env bun
import { runCli } from './run-cli'

const args = process.argv.slice(2)
// The executable starts itself again as a process that runs queries, or answers reads; see readerCommand and workerCommand in the server.
if (args[0] === '__reader') {
  const { runReaderProcess } = await import('@koyalite/server')
  await runReaderProcess()
} else if (args[0] === '__worker') {
  const { runWorkerProcess } = await import('@koyalite/server')
  runWorkerProcess()
} else {
  process.exitCode = await runCli(args)
}
