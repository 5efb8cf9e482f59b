// Runs in the browser, on /api/docs.
window.ui = window.SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  defaultModelsExpandDepth: 0,
  defaultModelRendering: 'model',
  docExpansion: 'list',
  // Its colours are style attributes, which fit one scheme only.
  syntaxHighlight: { activated: false },
  // Nothing of this page asks another server.
  validatorUrl: null,
})
