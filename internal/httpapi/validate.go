package httpapi

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
)

//go:embed openapi.yaml
var contractYAML []byte

// basePath is where the contract's paths begin.
const basePath = "/api/v1"

// description is the parsed openapi.yaml with its operations by method and gin path.
type description struct {
	doc        *openapi3.T
	operations map[string]*routers.Route
}

func loadContract() (*description, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(contractYAML)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	ct := &description{doc: doc, operations: map[string]*routers.Route{}}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			ginPath := basePath + strings.NewReplacer("{", ":", "}", "").Replace(path)
			ct.operations[method+" "+ginPath] = &routers.Route{
				Spec: doc, Path: path, PathItem: item, Method: method, Operation: op,
			}
		}
	}
	return ct, nil
}

// input is the request as the contract's filter wants it; nil outside the contract.
func (ct *description) input(c *gin.Context) *openapi3filter.RequestValidationInput {
	route := ct.operations[c.Request.Method+" "+c.FullPath()]
	if route == nil {
		return nil
	}
	params := map[string]string{}
	for _, p := range c.Params {
		params[p.Key] = p.Value
	}
	return &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, KeepValidatedValue: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			// Uploads are read as a stream by their handler.
			ExcludeRequestBody: strings.HasPrefix(c.GetHeader("Content-Type"), "multipart/"),
		},
	}
}

// validate refuses what does not have the contract's shape.
func (s *server) validate(c *gin.Context) {
	in := s.contract.input(c)
	if in == nil {
		c.Next()
		return
	}
	if err := openapi3filter.ValidateRequest(c.Request.Context(), in); err != nil {
		s.fail(c, shapeError(err))
		return
	}
	c.Next()
}

// shapeError turns the filter's findings into fields with stable codes.
func shapeError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.Newp(errs.TooLarge, "body_too_large", errs.Params{"limit_bytes": tooLarge.Limit})
	}
	var fields []errs.Field
	var collect func(err error, prefix string)
	collect = func(err error, prefix string) {
		var multi openapi3.MultiError
		var request *openapi3filter.RequestError
		var schema *openapi3.SchemaError
		switch {
		case errors.As(err, &request) && request.Err != nil && prefix == "":
			if request.Parameter != nil {
				prefix = request.Parameter.Name
			}
			var parse *openapi3filter.ParseError
			if errors.As(request.Err, &parse) && request.Parameter == nil {
				return // an unreadable body: no field to name
			}
			if errors.As(request.Err, &multi) || errors.As(request.Err, &schema) {
				collect(request.Err, prefix)
				return
			}
			if prefix != "" {
				fields = append(fields, errs.Field{Path: prefix, Code: "invalid"})
			}
		case errors.As(err, &multi):
			for _, one := range multi {
				collect(one, prefix)
			}
		case errors.As(err, &schema):
			fields = append(fields, schemaField(schema, prefix))
		}
	}
	if multi, ok := err.(openapi3.MultiError); ok {
		for _, one := range multi {
			collect(one, "")
		}
	} else {
		collect(err, "")
	}
	if len(fields) == 0 {
		return errs.Wrap(errs.Malformed, "malformed_request", err)
	}
	return errs.InvalidFields(fields)
}

// schemaField names one broken rule of the contract by JSON path and code.
func schemaField(e *openapi3.SchemaError, prefix string) errs.Field {
	path := prefix
	for _, seg := range e.JSONPointer() {
		switch {
		case seg != "" && strings.Trim(seg, "0123456789") == "":
			path += "[" + seg + "]"
		case path == "":
			path = seg
		default:
			path += "." + seg
		}
	}
	f := errs.Field{Path: path, Code: "invalid"}
	schema := e.Schema
	switch e.SchemaField {
	case "required":
		f.Code = "required"
	case "maxLength":
		f.Code, f.Params = "too_long", errs.Params{"max": *schema.MaxLength}
	case "minLength":
		f.Code, f.Params = "too_short", errs.Params{"min": schema.MinLength}
		if schema.MinLength == 1 {
			f.Code = "required"
		}
	case "maxItems":
		f.Code, f.Params = "too_many", errs.Params{"max": *schema.MaxItems}
	case "minItems":
		f.Code, f.Params = "too_few", errs.Params{"min": schema.MinItems}
	case "enum":
		f.Code = "unknown_value"
	case "type":
		f.Code = "wrong_type"
	case "pattern":
		f.Code = "wrong_format"
	case "minimum", "maximum":
		f.Code = "out_of_range"
	case "additionalProperties", "properties":
		f.Code = "unknown_field"
	}
	return f
}
