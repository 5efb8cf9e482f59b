export { createJobs } from './create-jobs'
export { JOBS_TABLES } from './store/jobs-table'
