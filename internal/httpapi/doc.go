// Package httpapi serves the contract of openapi.yaml: it turns requests into
// calls of the domain services and their results into responses. It decides
// nothing: authorisation is asked of policy by the services, validation of
// shape comes from the contract, validation of meaning from the domains.
//
// To add a resource: write its operations into openapi.yaml, run `go generate
// ./internal/httpapi`, give Services its service, write the handlers as
// methods of *API into a file named for the resource, and name each
// operation's policy action in operations.go. Handlers take the actor from
// actorOf(ctx), return errors as they are (server.fail makes the problem), and
// texts of new codes go into config/messages in both languages.
package httpapi

//go:generate go tool oapi-codegen -config oas/config.yaml openapi.yaml
