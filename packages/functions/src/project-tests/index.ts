export type { AdminDb } from '../db-types'
export type { CallAs, Caller, Execution, Mail, NewUser, TestProject, TestUser } from './test-project'
export { type ProjectOptions, useProject } from './use-project'
