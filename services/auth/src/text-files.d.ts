declare module '*.client.js' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: that is how the bundler gives the text of an embedded file
  export default text
}
