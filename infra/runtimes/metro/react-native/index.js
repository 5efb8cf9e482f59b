// What the client uses of React Native, which is too large to install for a test of a bundle.
exports.AppState = { addEventListener: () => ({ remove() {} }) }
