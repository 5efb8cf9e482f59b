import { DatabaseInUseError, lockDatabase } from '../files/lock-database'

// Takes the lock, says so, and keeps it until its standard input ends.
try {
  lockDatabase(process.argv[2] ?? '')
  console.log('locked')
  await Bun.stdin.text()
} catch (error) {
  console.log(error instanceof DatabaseInUseError ? `in use by ${error.pid}` : String(error))
}
