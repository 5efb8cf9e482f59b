// `type: text` puts the files into the executable as they are.

import basicRules from '../templates/basic/notes.test.yaml' with { type: 'text' }
import basicSeed from '../templates/basic/notes.yaml' with { type: 'text' }
import basicReadme from '../templates/basic/README.md' with { type: 'text' }
import basicSchema from '../templates/basic/schema.yaml' with { type: 'text' }
import blogRules from '../templates/blog/blog.test.yaml' with { type: 'text' }
import blogSeed from '../templates/blog/blog.yaml' with { type: 'text' }
import blogReadme from '../templates/blog/README.md' with { type: 'text' }
import blogSchema from '../templates/blog/schema.yaml' with { type: 'text' }
import gitignore from '../templates/gitignore.txt' with { type: 'text' }
import settings from '../templates/koyalite.yaml' with { type: 'text' }
import saasPlans from '../templates/saas/plans.yaml' with { type: 'text' }
import saasReadme from '../templates/saas/README.md' with { type: 'text' }
import saasRules from '../templates/saas/saas.test.yaml' with { type: 'text' }
import saasSample from '../templates/saas/sample.yaml' with { type: 'text' }
import saasSchema from '../templates/saas/schema.yaml' with { type: 'text' }

export const TEMPLATE_NAMES = ['basic', 'blog', 'saas'] as const
export type TemplateName = (typeof TEMPLATE_NAMES)[number]

export interface Template {
  readonly description: string
  /** Text by path; `{{name}}` stands for the project's name. */
  readonly files: Readonly<Record<string, string>>
}

/** Where editors with the YAML language server find the keys of schema.yaml: at the server, while it runs with the default port. */
const EDITOR_LINE = '# yaml-language-server: $schema=http://127.0.0.1:8090/api/schema.json'

/** The text of a schema.yaml that editors complete and check. */
export function forEditors(schema: string): string {
  return `${EDITOR_LINE}\n${schema}`
}

/** What every project has besides its schema. */
export const COMMON_FILES: Template['files'] = { 'koyalite.yaml': settings, '.gitignore': gitignore }

export const TEMPLATES: Readonly<Record<TemplateName, Template>> = {
  basic: {
    description: 'one collection to start with',
    files: {
      'schema.yaml': forEditors(basicSchema),
      ...COMMON_FILES,
      'seeds/notes.yaml': basicSeed,
      'rules/notes.test.yaml': basicRules,
      'README.md': basicReadme,
    },
  },
  blog: {
    description: 'users with roles, categories, posts, comments',
    files: {
      'schema.yaml': forEditors(blogSchema),
      ...COMMON_FILES,
      'seeds/blog.yaml': blogSeed,
      'rules/blog.test.yaml': blogRules,
      'README.md': blogReadme,
    },
  },
  saas: {
    description: 'workspaces with members, invitations, plans, projects and tasks',
    files: {
      'schema.yaml': forEditors(saasSchema),
      ...COMMON_FILES,
      'seeds/plans.yaml': saasPlans,
      'seeds/dev/sample.yaml': saasSample,
      'rules/saas.test.yaml': saasRules,
      'README.md': saasReadme,
    },
  },
}
