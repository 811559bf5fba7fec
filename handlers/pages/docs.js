// Addresses are relative, so that the page works under any prefix of a proxy.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  // Folded by subject: beyond 130 operations at once, Swagger UI draws three of them and stops.
  docExpansion: "none",
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
});
