declare module 'swagger-ui-dist/swagger-ui-bundle.js' {
  const path: string
  // biome-ignore lint/style/noDefaultExport: that is how the bundler gives the path of an embedded file
  export default path
}
declare module 'swagger-ui-dist/swagger-ui.css' {
  const path: string
  // biome-ignore lint/style/noDefaultExport: that is how the bundler gives the path of an embedded file
  export default path
}
declare module '*/docs-page.css' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: that is how the bundler gives the text of an embedded file
  export default text
}
declare module '*/docs-page.client.js' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: that is how the bundler gives the text of an embedded file
  export default text
}
