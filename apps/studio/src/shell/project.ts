export interface ShownProject {
  readonly name: string
  /** `production`: served by `koyalite start` with the settings of production. */
  readonly environment: 'dev' | 'staging' | 'production'
}

/** What the server has written into the page. Under the development server of the studio itself nobody has. */
export const PROJECT: ShownProject = readProject(document.documentElement.dataset)

function readProject({ project = '', environment }: DOMStringMap): ShownProject {
  return {
    name: project === '' || project.startsWith('{{') ? 'KoyaLite' : project,
    environment: environment === 'production' || environment === 'staging' ? environment : 'dev',
  }
}
