export { runSqlProcess } from './process/run-sql-process'
export { sqlService } from './sql-service'
