import { afterEach } from 'bun:test'
import { type ServerOptions, type ServerProcess, startServer } from './server-process'
import { createProject, type ProjectFiles, type TempProject } from './temp-project'

/** For tests that are not about documents. */
export const NOTES_SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true }
      text: { type: string }
`

export interface TestProjects {
  /** @param more what this one has besides, or instead */
  create(more?: ProjectFiles): TempProject
  serve(project: TempProject, options?: ServerOptions): Promise<ServerProcess>
}

/** For a test file whose tests make projects of their own: after each test its servers are ended and its projects removed. */
export function useProjects(content: ProjectFiles = { schema: NOTES_SCHEMA }): TestProjects {
  const projects: TempProject[] = []
  const servers: ServerProcess[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill('SIGKILL')
    for (const project of projects.splice(0)) project.remove()
  })
  return {
    create(more = {}) {
      const project = createProject({ ...content, ...more })
      projects.push(project)
      return project
    },
    async serve(project, options) {
      const server = await startServer(project, options)
      servers.push(server)
      return server
    },
  }
}
