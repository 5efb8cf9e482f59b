import type { Scenario } from './scenario'
import { FIRST_SECONDS } from './scenarios/first-seconds'
import { CREATES } from './scenarios/s1-creates'
import { READS } from './scenarios/s2-reads'
import { NEWEST } from './scenarios/s3-newest'
import { UPDATES } from './scenarios/s4-updates'
import { OPEN_LOOP } from './scenarios/s5-open-loop'
import { BATCHES } from './scenarios/s6-batches'
import { FAN_OUT } from './scenarios/s7-fan-out'
import { IDLE_SUBSCRIPTIONS } from './scenarios/s8-idle'
import { LOGINS } from './scenarios/s9-logins'
import { FUNCTIONS } from './scenarios/s10-functions'
import { START_AND_SIZE } from './scenarios/s11-start-and-size'
import { SCHEMA_CHANGE } from './scenarios/s12-schema-change'
import { JOBS } from './scenarios/s13-jobs'
import { WORKER_PROCESSES } from './scenarios/workers'

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  CREATES,
  READS,
  NEWEST,
  UPDATES,
  OPEN_LOOP,
  BATCHES,
  FAN_OUT,
  IDLE_SUBSCRIPTIONS,
  LOGINS,
  FUNCTIONS,
  START_AND_SIZE,
  FIRST_SECONDS,
  SCHEMA_CHANGE,
  JOBS,
  WORKER_PROCESSES,
]
