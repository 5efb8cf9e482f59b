export type { AdminDb } from '../db-types'
export type {
  CallAs,
  Caller,
  DrainOptions,
  Execution,
  Mail,
  NewUser,
  TestJob,
  TestProject,
  TestUser,
} from './test-project'
export { type ProjectOptions, useProject } from './use-project'
