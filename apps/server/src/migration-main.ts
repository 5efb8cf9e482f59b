import { runMigration } from './migration-process'

runMigration()
