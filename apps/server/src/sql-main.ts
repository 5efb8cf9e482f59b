import { runSqlStatements } from './sql-process'

runSqlStatements()
