import { ACCESS_AREA } from '../pages/access/area'
import { API_AREA } from '../pages/api/area'
import { DATA_AREA } from '../pages/data/area'
import { FUNCTIONS_AREA } from '../pages/functions/area'
import { HOME_AREA } from '../pages/home/area'
import { JOBS_AREA } from '../pages/jobs/area'
import { OBSERVE_AREA } from '../pages/observe/area'
import { OPERATE_AREA } from '../pages/operate/area'
import { OUTGOING_AREA } from '../pages/outgoing/area'
import { POLICIES_AREA } from '../pages/policies/area'
import { SCHEMA_AREA } from '../pages/schema/area'
import { SQL_AREA } from '../pages/sql/area'
import { USERS_AREA } from '../pages/users/area'
import type { Area } from './area'

const AREAS: readonly Area[] = [
  HOME_AREA,
  DATA_AREA,
  SCHEMA_AREA,
  SQL_AREA,
  POLICIES_AREA,
  USERS_AREA,
  ACCESS_AREA,
  FUNCTIONS_AREA,
  JOBS_AREA,
  OUTGOING_AREA,
  OBSERVE_AREA,
  OPERATE_AREA,
  API_AREA,
]

/** The areas in which an operator can see something, each with the pages that they can. */
export function areasFor(permissions: readonly string[]): readonly Area[] {
  return AREAS.map((area) => ({
    ...area,
    pages: area.pages.filter(({ permission }) => permission === undefined || permissions.includes(permission)),
  })).filter(({ pages }) => pages.length > 0)
}

/** Whether a path of the address is a page, or below it. */
export function isWithin(path: string, page: string): boolean {
  return page === '/' ? path === '/' : path === page || path.startsWith(`${page}/`)
}
