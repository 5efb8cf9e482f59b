#!/usr/bin/env bun
import { runCli } from './run-cli'

const LEFTOVER_MS = 2_000
const args = process.argv.slice(2)
// The executable starts itself again as a process that runs queries or statements of operators, changes the schema, or serves reads; see readerCommand, migrationCommand, sqlCommand and workerCommand in the server.
if (args[0] === '__reader') {
  const { runReaderProcess } = await import('@koyalite/server/reader')
  await runReaderProcess()
} else if (args[0] === '__migrate') {
  const { runMigration } = await import('@koyalite/server/migration-process')
  runMigration()
} else if (args[0] === '__sql') {
  const { runSqlStatements } = await import('@koyalite/server/sql-process')
  runSqlStatements()
} else if (args[0] === '__worker') {
  const { runWorkerProcess } = await import('@koyalite/server')
  runWorkerProcess()
} else {
  process.exitCode = await runCli(args)
  // A failed command must exit, even if something that it opened would keep the process alive; but only after its output is written.
  if (process.exitCode !== 0) setTimeout(() => process.exit(), LEFTOVER_MS).unref()
}
