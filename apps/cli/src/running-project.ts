import type { RunningServer } from '@koyalite/server'
import type { Project } from './project'

/** The server in this process, as the project that the other commands know. */
export function runningProject(server: RunningServer): Project {
  const { project } = server
  return {
    ...project.current(),
    live: true,
    heldBack: project.heldBack,
    fetch: async (path, init) =>
      project.current().control.fetch(new Request(`http://localhost${path}`, init), { ip: '127.0.0.1' }),
    close: async () => {},
  }
}
