module.exports = {
  // The client is ESM only, and Jest runs CommonJS: Babel translates it, as it does your code.
  transformIgnorePatterns: ['/node_modules/(?!@koyalite/)'],
  transform: {
    '\\.m?[jt]sx?$': ['babel-jest', { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }],
  },
}
