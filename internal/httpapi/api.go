package httpapi

import "chengqiao/internal/httpapi/oas"

// API implements the contract's operations, one file a resource. Each handler
// takes its service from Services.
type API struct {
	oas.StrictServerInterface
	Services
	server *server
}

// Services are the domain services that the handlers call.
type Services struct{}
