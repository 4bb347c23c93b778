package httpapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"chengqiao/internal/policy"
)

// The ways in which a request says who it is from, as the contract names them.
const (
	securitySession = "session"
	securityToken   = "token"
)

// scopesExtension names the scopes of an operation in the served contract.
const scopesExtension = "x-token-scopes"

// contractRoutes serve the contract itself: as it is written, and as JSON with
// what policy adds to it, by which operations a token may be used and with
// which scopes.
func (s *server) contractRoutes(router *gin.Engine) error {
	described, err := describe(s.contract)
	if err != nil {
		return err
	}
	router.Match(readable, "/api/openapi.yaml", func(c *gin.Context) { c.Data(http.StatusOK, "application/yaml; charset=utf-8", contractYAML) })
	router.Match(readable, "/api/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json; charset=utf-8", described) })
	return nil
}

// describe is the contract in JSON with the security of each operation.
func describe(ct *description) ([]byte, error) {
	doc := *ct.doc
	components := *doc.Components
	components.SecuritySchemes = openapi3.SecuritySchemes{
		securitySession: {Value: &openapi3.SecurityScheme{Type: "apiKey", In: "cookie", Name: sessionCookie}},
		securityToken: {Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer").
			WithDescription("An API token, cq_…")},
	}
	doc.Components = &components
	doc.Paths = openapi3.NewPaths()
	for path, item := range ct.doc.Paths.Map() {
		with := *item
		for method, operation := range item.Operations() {
			with.SetOperation(method, described(operation))
		}
		doc.Paths.Set(path, &with)
	}
	raw, err := json.Marshal(&doc)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return raw, nil
}

// described is an operation with its security: nobody for what anybody may do.
func described(operation *openapi3.Operation) *openapi3.Operation {
	out := *operation
	security := openapi3.NewSecurityRequirements()
	free := false
	for _, action := range operationActions[operation.OperationID] {
		free = free || policy.Check(policy.Actor{}, action, policy.Facts{Published: true, Audience: policy.TierPublic}).Allowed()
	}
	if free {
		security.With(openapi3.SecurityRequirement{})
	}
	security.With(openapi3.NewSecurityRequirement().Authenticate(securitySession))
	out.Extensions = maps.Clone(operation.Extensions)
	if out.Extensions == nil {
		out.Extensions = map[string]any{}
	}
	scopes := operationScopes(operation.OperationID)
	if len(scopes) > 0 {
		security.With(openapi3.NewSecurityRequirement().Authenticate(securityToken))
	}
	out.Extensions[scopesExtension] = list(scopes, func(s policy.TokenScope) string { return string(s) })
	out.Security = security
	return &out
}
