import { migrationOfTest } from './killed-migration'
import { openMigrationProject } from './migration-project'

/** A program that migrates the project in its first argument, to be killed at any time. */
const project = await openMigrationProject(process.argv[2] ?? '')
process.stdout.write('begins\n')
await project.migrate(migrationOfTest)
process.stdout.write('ends\n')
process.exit(0)
