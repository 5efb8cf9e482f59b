export { JOBS_AREA } from './admin-areas'
export { jobsService } from './jobs-service'
export { holdWaitingJobs } from './store/hold-jobs'
