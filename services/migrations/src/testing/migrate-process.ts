import { migrationOfTest } from './killed-migration'
import { openMigrationProject } from './migration-project'

/** A program that migrates the project in its first argument, to be killed at any time. */
const project = await openMigrationProject(process.argv[2] ?? '')
await project.migrate(migrationOfTest)
process.exit(0)
