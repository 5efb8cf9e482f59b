// What runs away from the server and renders templates: the host of functions loads it as it loads a function.
import * as components from '@react-email/components'
import * as render from '@react-email/render'
import * as react from 'react'
import * as jsxRuntime from 'react/jsx-runtime'
import * as reactDom from 'react-dom'
import * as reactDomServer from 'react-dom/server'
import { SHARED_KEY, type SharedName } from '../shared-modules'
import { current, type RenderCall, renderTemplate } from './render-template'

const { Html } = components

/** Of the email's own locale, where the template does not say. */
const LocalHtml = ({ lang = current.locale, dir = current.direction, ...props }: components.HtmlProps) =>
  react.createElement(Html, { lang, dir, ...props })

const SHARED: Readonly<Record<SharedName, unknown>> = {
  react,
  jsxRuntime,
  jsxDevRuntime: {
    ...jsxRuntime,
    jsxDEV: (type: never, props: never, key: never) => jsxRuntime.jsx(type, props, key),
  },
  reactDom,
  reactDomServer,
  render,
  components: { ...components, Html: LocalHtml },
}
Object.assign(globalThis, { [Symbol.for(SHARED_KEY)]: SHARED })

// Nothing of how this process was started concerns a template.
for (const name of Object.keys(process.env)) delete process.env[name]
process.env.NODE_ENV = 'production'

/** @public the host of functions takes the default export of a module */
// biome-ignore lint/style/noDefaultExport: see above
export default async function renderCall(request: Request): Promise<Response> {
  return Response.json(await renderTemplate((await request.json()) as RenderCall))
}
