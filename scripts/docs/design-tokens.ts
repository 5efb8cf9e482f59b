/** Of the studio alone: charts, and the band of production. */
const IN_STUDIO_ONLY = /^--(color-(chart-\d|production|on-production|selection|scrim)|container-|animate-|ease-)/

/**
 * The design's tokens as a file of the kernel, for pages that are no part of the studio.
 * @param styles the studio's stylesheet, whose `@theme` they stand in
 */
export function designTokens(styles: string): string {
  const theme = /@theme \{\n([\s\S]*?)\n\}/.exec(styles)?.[1]
  if (theme === undefined) throw new Error('apps/studio/src/styles.css has no @theme')
  // A block inside of it is an animation; `--color-*: initial` takes away what Tailwind would add.
  const tokens = [...theme.replaceAll(/@keyframes [^}]*\}\s*\}/g, '').matchAll(/(--[\w-]+):\s*([^;]+);/g)]
    .map(([, name = '', value = '']) => ({ name, value: value.replaceAll(/\s+/g, ' ') }))
    .filter(({ name, value }) => value !== 'initial' && !IN_STUDIO_ONLY.test(name))
  return `// Written by \`npm run docs\` from apps/studio/src/styles.css.

/** The studio's colours, type scale, radii and shadow, as custom properties of CSS; apps/studio/DESIGN.md says when to use which. */
export const DESIGN_TOKENS = \`:root {
${tokens.map(({ name, value }) => `  ${name}: ${value};`).join('\n')}
}
\`
`
}
